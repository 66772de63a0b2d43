// Package bot is everything people do to tagwire inside Telegram: commands,
// buttons, adding and removing the bot. It reads an update, finds out who did
// what and whether they may (access.go), and ends every update in at most one
// call of Store.ApplyUpdate, which writes the changes and the replies together;
// a repeated update therefore has no second effect.
//
// A command is one file cmd_<name>.go and one line in commands(); a family of
// buttons is one file btn_<name>.go and one line in buttons(). Routing, /help and
// the command menu read the same table. The package sends nothing itself: replies
// go through the outbox, and only answers to button presses go out at once.
package bot
