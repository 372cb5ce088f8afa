"""How good and how fast every method is, beside its peers.

    python -m benchmarks.quality [method] [--json FILE] [--data DIR] [--write]
    python -m benchmarks.speed [method] [--json FILE] [--data DIR] [--write]
    python -m benchmarks.growth [--part NAME] [--write]    how both grow with the picture
    python -m benchmarks.page [--write]    the page's start, first paint and memory
    python -m benchmarks.pictures    the README's pictures of the page

A method's benchmark is the file `benchmarks/<method>.py` and its name in `METHODS`. The file has two functions,
`quality(data)` and `speed(data)`, that yield `rows.Row` and, for whoever reads the table, `rows.Note`; `data` is the
folder of test data. `super_resolution.py` is an example. What two methods need is here already:

    rows.py      a figure, a remark, and both as a Markdown table and as JSON
    timing.py    jobs timed against each other, and the peak memory of one
    command.py   both command lines
    results.py   `results.md`: the last tables, with the commit and the machine
"""

# Names, not modules: a job in a process of its own must not carry the other methods' imports in its memory.
METHODS = (
    "super_resolution",
    "style_transfer",
    "soft_segmentation",
    "face_parsing",
    "region_style",
    "inpainting",
    "scene_parsing",
    "object_insertion",
    "face_swap",
)
