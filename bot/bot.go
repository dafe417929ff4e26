// Package bot is the bot without its platforms: it knows channels, subscriptions, commands and deliveries, and nothing of
// Slack or Discord.
package bot
