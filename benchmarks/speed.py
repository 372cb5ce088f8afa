"""How fast the methods run, and in how much memory: python -m benchmarks.speed super_resolution."""

from benchmarks.command import run

if __name__ == "__main__":
    run("speed", __doc__)
