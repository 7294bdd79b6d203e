"""The typeface of the public pages."""

from pathlib import Path

from percorso.api.pages.faces import write_faces


def test_what_was_built_is_loaded_by_its_hashed_name(tmp_path: Path) -> None:
    for name in ("inter-latin-wght-normal-1a2b.woff2", "inter-greek-wght-normal-3c4d.woff2", "app-5e6f.js"):
        (tmp_path / name).write_bytes(b"")

    faces = write_faces(tmp_path)

    assert faces.count("@font-face") == 1
    assert "url(/assets/inter-latin-wght-normal-1a2b.woff2)" in faces


def test_an_application_that_was_not_built_has_no_typeface(tmp_path: Path) -> None:
    assert write_faces(tmp_path / "assets") == ""
