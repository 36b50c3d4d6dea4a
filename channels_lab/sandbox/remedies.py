"""Remedies: what to do where bubblewrap is not there, or the system does not let it make a sandbox."""

import re

__all__ = ["INSTALL", "remedy"]

INSTALL = (
    "Install bubblewrap 0.7 or newer (apt install bubblewrap, dnf install bubblewrap). To run submissions without a "
    "sandbox, on your own machine and only if you trust every one of them, add --trust."
)
# The profile that comes with Ubuntu for it lets what runs in a sandbox make no other, which a grader does.
_PROFILE = (
    r"abi <abi/4.0>,\ninclude <tunables/global>\nprofile bwrap /usr/bin/bwrap flags=(unconfined) {\n  userns,\n}\n"
)
_UBUNTU = (
    "Ubuntu 23.10 and newer let a program make user namespaces only where AppArmor has a profile for it. As root:  "
    f"printf '{_PROFILE}' > /etc/apparmor.d/bwrap; apparmor_parser -r /etc/apparmor.d/bwrap . Or allow it to all "
    "programs:  sysctl kernel.apparmor_restrict_unprivileged_userns=0 ."
)
_CONTAINER = "In a container, start that with  --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
# What bubblewrap says, and what is in its way there.
_KNOWN = (
    (r"setting up uid map|RTM_NEWADDR|RTM_NEWLINK", f"{_UBUNTU} {_CONTAINER} ."),
    (
        r"an't mount proc",
        f"{_CONTAINER} --security-opt systempaths=unconfined  (Docker), or  --security-opt unmask=ALL  (Podman): its "
        "/proc is covered in places, and so none can be mounted in it.",
    ),
    (
        r"make / slave|mount tmpfs|bind mount|pivot_root",
        f"{_CONTAINER} ; on a system with SELinux,  --security-opt label=disable .",
    ),
    (
        r"ENOSPC|No space left|max_\S*namespaces",
        "There may be no more namespaces on this system:  sysctl user.max_user_namespaces  says how many; where they "
        "are forbidden it is 0.",
    ),
    (
        r"namespace|Operation not permitted|Permission denied",
        f"{_CONTAINER} , or  --privileged . Else see whether user namespaces are allowed on this system:  sysctl "
        "user.max_user_namespaces kernel.unprivileged_userns_clone .",
    ),
)


def remedy(said: str) -> str:
    """What to do where bubblewrap has said this."""
    found = next((told for pattern, told in _KNOWN if re.search(pattern, said)), "")
    return f"This system does not let it make one. {found} " + _TRUST if found else INSTALL


_TRUST = "To run submissions without a sandbox, only if you trust every one of them, add --trust."
