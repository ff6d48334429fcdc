"""The bot in Telegram: updates in, use cases, messages out."""
