"""A bare bot on the same library, with what that library brings: it says what it is told.

BASE_URL and TOKEN say where it listens. It is what `bot.py` compares with.
"""

from __future__ import annotations

import os

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say the same."""
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text)


def main() -> None:
    """Run until stopped."""
    base = f"{os.environ['BASE_URL']}/bot"
    application = Application.builder().token(os.environ["TOKEN"]).base_url(base).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()


if __name__ == "__main__":
    main()
