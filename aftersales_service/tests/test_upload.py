import io

from PIL import Image

from odoo.tests import BaseCase, tagged

from ..tools.upload import MAX_FILES, UploadRefused, check_files, clean_name, get_mimetype


def picture(kind="PNG", size=(4, 4)):
    """Return the bytes of a small picture."""
    stream = io.BytesIO()
    Image.new("RGB", size, "red").save(stream, kind)
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestUpload(BaseCase):
    """T01: what strangers send is judged by its content."""

    def check(self, *files, **limits):
        return check_files([(name, io.BytesIO(content)) for name, content in files], **limits)

    def test_pictures_and_documents_are_taken(self):
        uploads = self.check(("a.jpeg", picture("JPEG")), ("b.PNG", picture()), ("c", b"%PDF-1.4"))
        self.assertEqual([u.mimetype.split("/")[1] for u in uploads], ["jpeg", "png", "pdf"])
        self.assertEqual([u.name for u in uploads], ["a.jpg", "b.png", "c.pdf"])

    def test_content_counts_not_the_name(self):
        for content in (
            b"<html><script>alert(1)</script></html>",
            b"MZ\x90\x00",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"\x89PNG\r\n\x1a\nnot a picture",
            b"GIF89a" + bytes(20),
        ):
            self.assertIsNone(get_mimetype(content))
            with self.assertRaises(UploadRefused) as refused:
                self.check(("photo.png", content))
            self.assertEqual(
                (refused.exception.reason, refused.exception.name), ("type", "photo.png")
            )
        self.assertEqual(self.check(("evil.html", picture()))[0].name, "evil.png")

    def test_limits_and_empty_fields(self):
        self.assertEqual(self.check(("", b"")), [])
        with self.assertRaises(UploadRefused) as refused:
            self.check(("big.png", picture()), max_bytes=10)
        self.assertEqual(refused.exception.reason, "size")
        with self.assertRaises(UploadRefused) as refused:
            self.check(*[("a.png", picture())] * (MAX_FILES + 1))
        self.assertEqual(refused.exception.reason, "count")

    def test_names_are_harmless(self):
        for name in ("../../x.png", "C:\\dir\\x.png", "x\x00.png", " x .png"):
            self.assertEqual(clean_name(name, "image/png").replace(" ", ""), "x.png")
        self.assertEqual(clean_name("." * 5, "image/jpeg"), "file.jpg")
        self.assertLess(len(clean_name("a" * 500 + ".png", "image/png")), 100)
