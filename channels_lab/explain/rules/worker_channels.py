"""Rules about the channels of workers: jobs that nobody takes, and workers that wait elsewhere."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.jobs import jobs_unread, layer_sends, routed_channels, worker_channels

__all__: list[str] = []

_WORKER = "https://channels.readthedocs.io/en/stable/topics/worker.html"


@rule("worker-without-channels", page=f"{_WORKER}#receiving-and-consumers")
def worker_without_channels(evidence: Evidence) -> Said | None:
    """`runworker` without the name of a channel."""
    if not evidence.search(r"runworker: error: the following arguments are required: channels"):
        return None
    known = routed_channels(evidence) or sorted(
        {call.value(0) for call in layer_sends(evidence) if call.value(0)}, key=str
    )
    return Said(
        see="`runworker: error: the following arguments are required: channels`; no worker started.",
        why="A worker reads the channels that its command names, and no others: so different workers can do different "
        "work.",
        change=f"Name them: `python manage.py runworker {' '.join(str(one) for one in known) or 'tasks'}`.",
    )


@rule("worker-not-running", page=f"{_WORKER}#receiving-and-consumers")
def worker_not_running(evidence: Evidence) -> Said | None:
    """Jobs are put into a channel, and no worker was started."""
    if not evidence.layer("send") or evidence.ran("runworker"):
        return None
    for job in jobs_unread(evidence):
        calls = [call for call in layer_sends(evidence) if call.value(0, "channel") == job.to]
        memory = " With Redis as layer: a worker cannot look into this server's memory." * bool(job.store)
        return Said(
            see=f"A message was sent to the channel `{job.to}`, and nobody reads it. No error says so.",
            why="A server puts a job into the channel and goes on; a worker, a process of its own, takes it out. The "
            "lab has started none. After the layer's `expiry`, by itself 60 seconds, the job is gone.",
            change=f"Start one beside the server: `python manage.py runworker {job.to}`.{memory}",
            place=calls[0].place if calls else None,
        )
    return None


@rule("worker-reads-another-channel", page=f"{_WORKER}#receiving-and-consumers")
def worker_reads_another_channel(evidence: Evidence) -> Said | None:
    """A worker runs, and reads another channel than the one that jobs are sent to."""
    reads = worker_channels(evidence) if evidence.layer("send") else []
    if not reads:
        return None
    for job in jobs_unread(evidence):
        calls = [call for call in layer_sends(evidence) if call.value(0, "channel") == job.to]
        routed = job.to in routed_channels(evidence)
        return Said(
            see=f"A message was sent to the channel `{job.to}`; the worker reads `{', '.join(reads)}`, and waits. No "
            "error says so.",
            why="A worker takes jobs from the channels that its command names, letter by letter. Another name is "
            "another channel.",
            change=f"Start it as `python manage.py runworker {' '.join([*reads, job.to])}`."
            if routed
            else f'Send to the channel that is read: `channel_layer.send("{reads[0]}", …)`.',
            place=calls[0].place if calls else None,
        )
    return None
