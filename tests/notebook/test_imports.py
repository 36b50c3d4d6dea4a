import subprocess
import sys

HEAVY = (
    "django",
    "channels",
    "daphne",
    "twisted",
    "jupyter",
    "jupyter_core",
    "IPython",
    "nbclient",
    "websockets",
    "httpx",
    "rich",
)


def test_importing_the_package_imports_nothing_heavy():
    """`import channels_lab` in a fresh interpreter imports no framework: all that comes with first use."""
    program = f"import sys, channels_lab; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split() == []


def test_a_kernel_does_not_import_django_for_the_lab():
    """Opening a chapter needs no Django in the kernel: that is the server's."""
    heavy = ("django", "channels", "daphne", "twisted")
    program = f"import sys, channels_lab; channels_lab.open_chapter; print(*(n for n in {heavy} if n in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split() == []


def test_an_unknown_name_of_the_package_is_an_attribute_error():
    """A name that the package does not have is answered as Python does."""
    program = "import channels_lab; channels_lab.open_chaptre"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert "AttributeError: module 'channels_lab' has no attribute 'open_chaptre'" in done.stderr
