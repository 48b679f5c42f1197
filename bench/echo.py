"""
What the product is compared with: an aiogram bot that answers every message with its own words and keeps nothing.

As its documentation shows it: polling with a limit of concurrent tasks, or a webhook through SimpleRequestHandler, on
uvloop. It acknowledges before it has answered, so a kill loses messages.

python -m bench.echo polling URL | webhook URL PORT
"""

import asyncio
import sys

import uvloop
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from bench.platform import TOKEN

TASKS = 100
SECRET = "secret-of-the-echo-bot"

dispatcher = Dispatcher()


@dispatcher.message()
async def echo(message: Message) -> None:
    await message.answer(message.text or "")


async def poll(bot: Bot) -> None:
    await dispatcher.start_polling(bot, tasks_concurrency_limit=TASKS)


async def serve(bot: Bot, port: int, connections: int) -> None:
    """connections: parallel deliveries asked for."""
    application = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token=SECRET).register(application, path="/hook")
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token=SECRET, max_connections=connections)
    await asyncio.Event().wait()


def main() -> None:
    mode, url, *rest = sys.argv[1:]

    async def run() -> None:
        bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(url), limit=TASKS))
        await (poll(bot) if mode == "polling" else serve(bot, int(rest[0]), int(rest[1])))

    uvloop.run(run())


if __name__ == "__main__":
    main()
