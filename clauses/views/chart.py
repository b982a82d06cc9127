"""The award against the base as two SVG drawings, wide and narrow. Figures come from the estimate, pixels from here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from clauses.views.estimate import Estimate, Point, said
from portal.kernel.money import format_wan

SAMPLES = 48
MARGIN = Fraction(132, 100)
_CJK = 14
_LATIN = 8


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of a drawing and of the plot inside it, in pixels."""

    name: str
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Text:
    x: str
    y: str
    words: str
    look: str = ""


@dataclass(slots=True)
class Drawing:
    """One SVG: paths and texts with their classes."""

    frame: Frame
    area: str = ""
    main: str = ""
    ghost: str = ""
    drop: str = ""
    axis: str = ""
    grids: list[str] = field(default_factory=list)
    dot: tuple[str, str] = ("", "")
    texts: list[Text] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Chart:
    """Both drawings with what they say in words and in a table (万元)."""

    title: str
    description: str
    has_ghost: bool
    drawings: tuple[Drawing, ...]
    rows: tuple[tuple[Decimal, Decimal, Decimal], ...]


WIDE = Frame("wide", 720, 340, 62, 692, 48, 282)
NARROW = Frame("narrow", 354, 300, 50, 334, 55, 244)


def nice(value: int) -> int:
    """The next of 1, 2, 2.5, 5, 10 times a power of ten."""
    power = 10 ** (len(str(value)) - 1)
    for tenths in (10, 20, 25, 50, 100):
        if power * tenths >= value * 10:
            return power * tenths // 10
    return power * 10


def width_of(words: str) -> int:
    return sum(_LATIN if ord(char) < 0x2E80 else _CJK for char in words)


def in_wan(fen: int) -> str:
    return format_wan(Decimal(fen).scaleb(-2))


Spot = tuple[int | Fraction, int | Fraction]


def bends(spots: Sequence[Spot]) -> list[Spot]:
    """The ends of the straight parts; what rounding moves by less than a thousandth of the height is straight."""
    height = max(amount for _, amount in spots) or 1
    kept = [spots[0]]
    for here, end in pairwise(spots[1:]):
        start = kept[-1]
        share = Fraction(here[0] - start[0]) / (end[0] - start[0])
        straight = start[1] + share * (end[1] - start[1])
        if abs(straight - here[1]) * 1000 > height:
            kept.append(here)
    return [*kept, spots[-1]]


class Plot:
    """The scales of one drawing: fen to pixels, the axes from zero."""

    def __init__(self, frame: Frame, most_base: int, most_amount: Fraction) -> None:
        self.frame = frame
        self.most_base = most_base
        self.most_amount = most_amount

    def x(self, base: int | Fraction) -> float:
        across = self.frame.right - self.frame.left
        return self.frame.left + float(Fraction(base) / self.most_base * across)

    def y(self, amount: int | Fraction) -> float:
        up = self.frame.bottom - self.frame.top
        return self.frame.bottom - float(Fraction(amount) / self.most_amount * up)

    def line(self, spots: Sequence[Spot]) -> str:
        return "M" + "L".join(f"{self.x(base):.1f} {self.y(amount):.1f}" for base, amount in spots)


def chart_of(estimate: Estimate) -> Chart | None:
    """None where the award does not follow a base, or nothing is paid at any base."""
    base, limit, amount = estimate.base, estimate.limit, estimate.amount
    if base is None or amount is None or not estimate.pays:
        return None
    reach = max(limit.base * 3 // 2 if limit else 0, base * 5 // 4, 100)
    step = nice(max(reach // 4, 25))
    most = step * -(-reach // step)
    bases = [most * number // SAMPLES for number in range(SAMPLES + 1)]
    corners = [corner for corner in estimate.corners if 0 < corner < most]
    points = estimate.points([*bases, base, *corners, *([limit.base] if limit else [])])
    plateau = max((point.amount for point in points), default=0)
    if not plateau:
        return None
    own = next(point for point in points if point.base == base)
    ghosts = ghost_of(points, plateau * MARGIN)
    table = estimate.points(
        [(limit.base if limit else most) // 2, base, *([limit.base] if limit else [most])]
    )
    return Chart(
        title=f"补助金额随{estimate.label}的变化",
        description=described(estimate, own),
        has_ghost=bool(ghosts),
        drawings=tuple(draw(frame, points, own, ghosts, step, estimate) for frame in (WIDE, NARROW)),
        rows=tuple(
            (
                Decimal(point.base).scaleb(-2),
                Decimal(point.computed).scaleb(-2),
                Decimal(point.amount).scaleb(-2),
            )
            for point in table
        ),
    )


def described(estimate: Estimate, own: Point) -> str:
    """The drawing in a sentence, for those who do not see it."""
    label, limit = estimate.label, estimate.limit
    if limit is None:
        start = f"补助随{label}变化。"
    else:
        start = f"{label}在{said(limit.base)}以内，补助随之增加；达到后补助保持{said(limit.amount)}。"
    return f"{start}你填写的{said(own.base)}，补助{said(own.amount)}。"


def ghost_of(points: Sequence[Point], ceiling: Fraction) -> list[Spot]:
    """The amount without the cap, from where it parts from the award to the top of the plot."""
    found: list[Spot] = []
    for before, here in pairwise(points):
        if here.computed - here.amount < 100:
            continue
        if not found:
            found.append((Fraction(before.base), Fraction(before.amount)))
        if here.computed >= ceiling:
            start_base, start = found[-1]
            share = (ceiling - start) / (here.computed - start)
            return [*found, (start_base + share * (here.base - start_base), ceiling)]
        found.append((Fraction(here.base), Fraction(here.computed)))
    return found


def draw(
    frame: Frame,
    points: Sequence[Point],
    own: Point,
    ghosts: Sequence[Spot],
    step: int,
    estimate: Estimate,
) -> Drawing:
    plateau, most = max(point.amount for point in points), points[-1].base
    plot = Plot(frame, most, plateau * MARGIN)
    drawing = Drawing(frame)
    drawing.main = plot.line(bends([(point.base, point.amount) for point in points]))
    drawing.area = f"{drawing.main}V{frame.bottom}H{frame.left}Z"
    drawing.axis = f"M{frame.left} {frame.bottom}H{frame.right}"
    scales(drawing, plot, plateau, step, estimate)
    x, y = plot.x(own.base), plot.y(own.amount)
    high = min(y, max(frame.top, plot.y(own.computed)))
    drawing.drop = f"M{x:.1f} {high:.1f}V{frame.bottom}"
    drawing.dot = (f"{x:.1f}", f"{y:.1f}")
    own_label(drawing, plot, points, own)
    if estimate.limit is not None:
        limit_label(drawing, plot, estimate)
    if ghosts:
        drawing.ghost = plot.line(bends(ghosts))
        words = "不设上限时" if frame is WIDE else "不设上限"
        x, y = plot.x(ghosts[-1][0]), plot.y(ghosts[-1][1])
        room = x + 8 + width_of(words) <= frame.width
        spot = (x + 8, y + 5, "") if room else (x, y - 10, "t-end")
        drawing.texts.append(Text(f"{spot[0]:.1f}", f"{spot[1]:.1f}", words, spot[2]))
    drawing.texts.append(Text("0", "16", "补助（万元）"))
    label = f"{estimate.label}（万元）"
    drawing.texts.append(Text(str(frame.right), str(frame.height - 4), label, "t-end"))
    return drawing


def scales(drawing: Drawing, plot: Plot, plateau: int, step: int, estimate: Estimate) -> None:
    """Grid lines at nothing, half and the whole of the highest award; ticks along the base."""
    frame = drawing.frame
    drawing.texts.append(Text(str(frame.left - 10), str(frame.bottom + 5), "0", "t-end"))
    for amount in (plateau // 2, plateau):
        y = plot.y(amount)
        drawing.grids.append(f"M{frame.left} {y:.1f}H{frame.right}")
        drawing.texts.append(Text(str(frame.left - 10), f"{y + 5:.1f}", in_wan(amount), "t-end"))
    ticks = list(range(0, plot.most_base + 1, step))
    limit = estimate.limit
    shown = frame is WIDE and limit is not None and limit.base % 10_000 == 0
    if shown and all(abs(plot.x(tick) - plot.x(limit.base)) > 56 for tick in ticks):
        ticks.append(limit.base)
    for tick in ticks:
        words, x = in_wan(tick), plot.x(tick)
        inside = x + width_of(words) / 2 <= frame.width
        at, look = (x, "t-mid") if inside else (frame.width - 1, "t-end")
        drawing.texts.append(Text(f"{at:.1f}", str(frame.bottom + 22), words, look))


def own_label(drawing: Drawing, plot: Plot, points: Sequence[Point], own: Point) -> None:
    """The reader's result below the line, moved right until the line leaves room for it."""
    frame = drawing.frame
    words = [f"你的结果：{said(own.amount)}"] if frame is WIDE else ["你的结果", said(own.amount)]
    wide = max(width_of(line) for line in words)
    x, y = plot.x(own.base), plot.y(own.amount)
    first = min(y + 26, frame.bottom - 8 - 19 * (len(words) - 1))
    start, look = x + 14, "t-accent"
    while start < frame.right - wide and height_at(plot, points, start) > first - 20:
        start += 6
    if start + wide > frame.width:
        start, look = x - 14, "t-accent t-end"
    for number, line in enumerate(words):
        drawing.texts.append(Text(f"{start:.1f}", f"{first + 19 * number:.1f}", line, look))


def height_at(plot: Plot, points: Sequence[Point], x: float) -> float:
    """The line's y at an x, between the two nearest points."""
    for before, here in pairwise(points):
        left, right = plot.x(before.base), plot.x(here.base)
        if left <= x <= right and right > left:
            share = (x - left) / (right - left)
            return plot.y(before.amount) + share * (plot.y(here.amount) - plot.y(before.amount))
    return plot.y(points[-1].amount)


def limit_label(drawing: Drawing, plot: Plot, estimate: Estimate) -> None:
    limit = estimate.limit
    if limit is None:
        return
    words = f"{said(limit.base)}起{'达到上限' if limit.is_cap else '不再增加'}"
    x, y = plot.x(limit.base), plot.y(limit.amount)
    if x - 14 - width_of(words) >= drawing.frame.left:
        drawing.texts.append(Text(f"{x - 14:.1f}", f"{y - 14:.1f}", words, "t-end"))
    elif x + 40 + width_of(words) <= drawing.frame.width:
        drawing.texts.append(Text(f"{x + 40:.1f}", f"{y - 14:.1f}", words))
