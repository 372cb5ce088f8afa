"""How good the results are, beside the peers': python -m benchmarks.quality super_resolution."""

from benchmarks.command import run

if __name__ == "__main__":
    run("quality", __doc__)
