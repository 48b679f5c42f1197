"""How many cries for help are heard, before the rules were mended last and now: `python -m tests.matching`."""

from bot.flows import FLOWS
from tests.matching.conftest import parts
from tests.talk import real_content


def main() -> None:
    crisis, matcher = parts("crisis.txt"), real_content(FLOWS).matcher
    index, before = matcher.prepare(), dict(line.split() for line in crisis.pop("before"))
    print("| phrases | of | before | now |\n| --- | --- | --- | --- |")
    for part, lines in crisis.items():
        texts = lines if part in ("not", "calm") else [line.split(" ", 1)[1] for line in lines]
        heard = sum(bool(matcher.cried(text) or matcher.cried_in(text, index.find(text))) for text in texts)
        print(f"| {part} | {len(texts)} | {before.get(part, '')} | {heard} |")


if __name__ == "__main__":
    main()
