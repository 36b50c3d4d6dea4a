"""Three of a crowd of resuming clients talk."""

import asyncio


async def talk(crowd, in_the_middle):
    """Let all be there, and the first three speak; in the middle of it await `in_the_middle`."""

    async def speak(number):
        for count in range(40):
            await crowd[number].say(f"{count} from {number}")
            if (number, count) == (0, 20):
                await in_the_middle()

    async with asyncio.TaskGroup() as group:
        for client in crowd:
            group.create_task(client.stay())
        await asyncio.gather(speak(0), speak(1), speak(2))
        await crowd[0].say("that is all")
