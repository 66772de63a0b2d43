package locale

// Texts of the bot's answers, buttons and menus (package bot).
const ()
