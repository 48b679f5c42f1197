"""
Benchmarks: `make bench`, or `python -m bench [--quick] [--only ROW ...]`. Less than ten minutes, two with --quick.

    machine    where it runs, who else is busy there       road       updates in -> reply requests out, both databases
    child      a process under test and what it costs      growth     cost of a turn with much content, many citizens
    platform   the Telegram emulator as a process          broadcast  10 000 recipients while citizens write
    echo       what we compare with: a bare aiogram bot    footprint  memory, start to first answer
    product    `python -m bot run` with its settings       report     rows, as a table

Ratios are taken between neighbours of one run, never between runs; each figure is the median of five.
"""
