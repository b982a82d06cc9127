"""pip's configuration in uv's words."""

from portal.local.indexes import pip_options, uv_variables


def test_environment_overrules_file():
    listing = "global.index-url='https://a.example/simple'\n:env:.index-url='https://b.example/simple'\n"
    assert pip_options(listing) == {"index-url": "https://b.example/simple"}
    reverse = "\n".join(reversed(listing.splitlines()))
    assert pip_options(reverse) == {"index-url": "https://b.example/simple"}


def test_several_values_and_foreign_sections():
    listing = (
        "global.extra-index-url='file:///a\\nfile:///b'\n"
        "download.index-url='x'\nglobal.find-links='/c /d'\nnoise\n"
    )
    assert uv_variables(pip_options(listing)) == {
        "UV_INDEX": "file:///a file:///b",
        "UV_FIND_LINKS": "/c,/d",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_nothing_configured():
    assert uv_variables(pip_options("")) == {}
