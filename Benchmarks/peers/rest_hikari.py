"""hikari's side of `benchmarks rest`: posts messages with `RESTClient.create_message`, its rate limiter and its models."""

import argparse
import asyncio
import logging
import sys

import hikari


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--channels", type=int, required=True)
    parser.add_argument("--messages", type=int, required=True)
    parser.add_argument("--together", action="store_true")
    options = parser.parse_args()
    logging.getLogger("hikari").setLevel(logging.ERROR)

    app = hikari.RESTApp(url=options.url)
    await app.start()
    async with app.acquire("MTAw.benchmark.token", hikari.TokenType.BOT) as client:
        await client.fetch_my_user()

        async def post(channel, numbers):
            for number in numbers:
                await client.create_message(channel, f"message {number}")

        print("ready", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        channels = range(5000, 5000 + options.channels)
        if options.together:
            work = [post(channel, [number]) for channel in channels for number in range(options.messages)]
        else:
            work = [post(channel, range(options.messages)) for channel in channels]
        await asyncio.gather(*work)
        print("done", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await app.close()


asyncio.run(main())
