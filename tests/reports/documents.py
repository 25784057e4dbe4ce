"""Documents for the tests of how they are laid out: one of everything, with a name wherever one can be."""

from models.document import Bullets, Commands, Document, Grid, Paragraph, Section, Step, Steps

HOSTILE = [
    "<script>alert(1)</script>",
    "a|b`c`",
    "=cmd()",
    "{{ 7*7 }}",
    "'\"><img src=x onerror=alert(1)>",
    "\x1b[31m\x00",
    "[x](javascript:y)",
    "# x\n\n| a |",
    "**b** _c_ ~~d~~",
    "1. first",
    "- item",
    "> said",
    "&lt;b&gt;",
    "![i](j)",
    "$x$",
    "```",
    "a_b__c__d",
    "\\",
    "http://x.test/<b>",
    "+ 3",
    "---",
]


def a_document(name: str = "Cold outbound") -> Document:
    return Document(
        title=name,
        under=name,
        sections=(
            Section(
                title=name,
                blocks=(
                    Paragraph(text=name),
                    Bullets(items=(name, "and more")),
                    Grid(caption=name, columns=(name, "contacts"), rows=((name, 1200), (name, 3))),
                    Grid(caption="nobody sees this", columns=("a",), rows=()),
                    Commands(lines=(f"handoff run {name}",)),
                    Steps(
                        steps=(Step(title=name, said=(name,), commands=(f"first {name}", "second")), Step(title="Then"))
                    ),
                ),
            ),
            Section(title="Last", blocks=()),
        ),
    )
