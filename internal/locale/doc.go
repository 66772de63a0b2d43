// Package locale holds every text the bot shows to people, in every language it
// speaks. A text is a line of HTML with {placeholders} under a typed Key; HTML
// fills it so that arguments cannot be markup, Plain fills it for places without
// markup (buttons, alerts, menus).
//
// One file per language, embedded: en.yaml is the model that the others are held
// to. A further language is one more file; tests say what it lacks. The package
// knows nothing of chats or articles and never asks what time it is.
package locale
