"""Small files for the papers that applicants upload: one page that says what it stands for."""

import io
import zlib
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from portal.kernel.documents import fonts

WIDTH, HEIGHT = 620, 877


def pdf(label: str, note: str) -> bytes:
    """A one-page PDF titled `label`; `note` (ASCII) makes the file of each claim its own."""
    picture = _picture(label)
    content = f"q 595 0 0 842 0 0 cm /Page Do Q\n% {note}\n".encode("ascii")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</Page 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%sendstream" % (len(content), content),
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8"
        b"/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (WIDTH, HEIGHT, len(picture), picture),
    ]
    file = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    file += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(file)


@lru_cache(maxsize=1)
def photo() -> bytes:
    """A PNG in place of a photograph."""
    buffer = io.BytesIO()
    _drawn("演示照片").resize((310, 438)).save(buffer, "PNG")
    return buffer.getvalue()


@lru_cache(maxsize=128)
def _picture(label: str) -> bytes:
    return zlib.compress(_drawn(label).tobytes(), 4)


def _drawn(label: str) -> Image.Image:
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    pen = ImageDraw.Draw(image)
    pen.rectangle((40, 40, WIDTH - 40, HEIGHT - 40), outline=170)
    for top, size, text in (
        (240, 34, label),
        (330, 20, "演示材料"),
        (HEIGHT - 130, 16, "本页由演示数据生成，单位、人员和金额均为虚构。"),
    ):
        font = _font(size)
        width = pen.textlength(text, font=font)
        if width > WIDTH - 110:
            font = _font(int(size * (WIDTH - 110) / width))
            width = pen.textlength(text, font=font)
        pen.text(((WIDTH - width) / 2, top), text, font=font, fill=40)
    return image


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    face = fonts.chosen().sans[0]
    return ImageFont.truetype(str(face.path), size, index=face.index)
