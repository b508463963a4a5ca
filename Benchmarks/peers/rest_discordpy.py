"""discord.py's side of `benchmarks rest`: posts messages with `Messageable.send`, its rate limiter and its models."""

import argparse
import asyncio
import logging
import sys

import discord
import discord.http


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--channels", type=int, required=True)
    parser.add_argument("--messages", type=int, required=True)
    parser.add_argument("--together", action="store_true")
    options = parser.parse_args()
    logging.getLogger("discord").setLevel(logging.ERROR)
    discord.http.Route.BASE = options.url

    client = discord.Client(intents=discord.Intents.none())
    await client._async_setup_hook()
    client._connection.user = discord.ClientUser(
        state=client._connection, data=await client.http.static_login("MTAw.benchmark.token")
    )
    channels = [client.get_partial_messageable(5000 + number) for number in range(options.channels)]

    async def post(channel, numbers):
        for number in numbers:
            await channel.send(f"message {number}")

    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    if options.together:
        work = [post(channel, [number]) for channel in channels for number in range(options.messages)]
    else:
        work = [post(channel, range(options.messages)) for channel in channels]
    await asyncio.gather(*work)
    print("done", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await client.close()


asyncio.run(main())
