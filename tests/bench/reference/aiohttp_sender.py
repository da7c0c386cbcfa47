"""What a user would write with aiohttp: read the CSV, render a text, post it, so many calls at once.

Usage: aiohttp_sender.py URL AUDIENCE.csv MESSAGES_PER_CALL CALLS_AT_ONCE
Prints how many messages were accepted.
"""

import asyncio
import csv
import sys

import aiohttp


async def main(url, audience, per_call, at_once):
    accepted = 0
    calls = asyncio.Queue(maxsize=at_once * 2)
    headers = {"Authorization": "Key benchmark"}
    connector = aiohttp.TCPConnector(limit=at_once)

    async def send(session):
        nonlocal accepted
        while (messages := await calls.get()) is not None:
            async with session.post(url, json={"messages": messages}) as answer:
                answer.raise_for_status()
                body = await answer.json()
                accepted += sum(result["code"] == "OK" for result in body["result"])

    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        senders = [asyncio.create_task(send(session)) for _ in range(at_once)]
        with open(audience, newline="", encoding="utf-8") as file:
            messages = []
            for row in csv.DictReader(file):
                text = f"Oi {row['nome']}, o pedido {row['pedido']} saiu para {row['cidade']}."
                messages.append({"from": "Loja", "to": row["telefone"], "text": text})
                if len(messages) == per_call:
                    await calls.put(messages)
                    messages = []
            if messages:
                await calls.put(messages)
        for _ in senders:
            await calls.put(None)
        await asyncio.gather(*senders)
    print(accepted)


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
