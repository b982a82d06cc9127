"""The scripts in a real browser: nothing typed is lost, nothing is sent twice, each outcome is said."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

SCRIPTS = Path(__file__).resolve().parents[2] / "static/js"
SITE = "http://portal.test"
FRAME = """<!DOCTYPE html><html lang="zh-Hans">
<head><meta charset="utf-8"><title>试页</title>{head}{scripts}</head>
<body data-keep-user="{user}" data-sign-in="/login/">
<div id="page"><main id="main" tabindex="-1">{main}</main></div></body></html>"""
KEPT = """<form method="post" action="/save/" data-keep="claim-1" {more}>
<input type="hidden" name="version" value="{version}"><input name="name" value="{name}">
<textarea name="goal"></textarea><input type="password" name="secret">
<input type="checkbox" name="ok" value="1"><input type="radio" name="way" value="a">
<input type="radio" name="way" value="b"><button>保存</button></form>"""
AUTOSAVED = (
    KEPT.replace("{more}", 'data-autosave="/autosave/" {more}')
    + '<p role="status" data-saved-state></p><div data-estimate>旧</div><div data-missing>旧</div>'
)


class Site:
    """Answers every request from memory; `posts` are the bodies received."""

    def __init__(self, page):
        self.page = page
        self.pages, self.answers, self.posts = {}, {}, []
        page.route("**/*", self.answer)

    def show(self, path, main, *scripts, user="7", head=""):
        tags = "".join(f'<script type="module" src="/js/{name}"></script>' for name in scripts)
        self.pages[path] = FRAME.format(main=main, scripts=tags, user=user, head=head)

    def answer(self, route):
        request = route.request
        path = urlsplit(request.url).path
        if path.startswith("/js/"):
            route.fulfill(
                body=(SCRIPTS / path.removeprefix("/js/")).read_text(), content_type="text/javascript"
            )
        elif request.method == "POST":
            self.posts.append((path, request.post_data_buffer or b"", request.headers))
            answer = self.answers.get(path)
            if answer == "abort":
                route.abort()
            else:
                route.fulfill(**(answer or {"body": self.pages.get(path, ""), "content_type": "text/html"}))
        elif path in self.pages:
            route.fulfill(body=self.pages[path], content_type="text/html")
        else:
            route.fulfill(status=404, body="")

    def sent(self, number=-1):
        return parse_qs(self.posts[number][1].decode(), keep_blank_values=True)


@pytest.fixture
def site(browser):
    context = browser.new_context()
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.clock.install()
    yield Site(page)
    context.close()
    assert errors == []


def kept(site, *, version="3", name="甲", more="", user="7", head=""):
    site.show("/form/", KEPT.format(version=version, name=name, more=more), "keep.js", user=user, head=head)
    site.page.goto(f"{SITE}/form/")


def stored(site):
    return json.dumps(site.page.evaluate("({...localStorage})"), ensure_ascii=False)


def type_all(page):
    page.fill("[name=name]", "乙")
    page.fill("[name=goal]", "写了一半")
    page.fill("[name=secret]", "hunter2hunter2")
    page.check("[name=ok]")
    page.check("[value=b]")


def test_typed_text_comes_back_and_can_be_discarded(site):
    kept(site)
    type_all(site.page)
    site.page.reload()
    expect(site.page.locator(".pt-kept")).to_contain_text("已恢复你上次没有保存的内容")
    expect(site.page.locator("[name=name]")).to_have_value("乙")
    expect(site.page.locator("[name=goal]")).to_have_value("写了一半")
    expect(site.page.locator("[name=ok]")).to_be_checked()
    expect(site.page.locator("[value=b]")).to_be_checked()
    site.page.get_by_role("button", name="丢弃恢复的内容").click()
    expect(site.page.locator("[name=name]")).to_have_value("甲")
    expect(site.page.locator("[name=goal]")).to_have_value("")
    site.page.reload()
    expect(site.page.locator(".pt-kept")).to_have_count(0)


def test_passwords_and_tokens_are_never_kept(site):
    kept(site)
    type_all(site.page)
    assert "写了一半" in stored(site)
    assert "hunter2" not in stored(site)
    site.page.reload()
    expect(site.page.locator("[name=secret]")).to_have_value("")


def test_another_person_on_the_same_computer_sees_nothing(site):
    kept(site)
    type_all(site.page)
    kept(site, user="8")
    expect(site.page.locator("[name=name]")).to_have_value("甲")
    expect(site.page.locator(".pt-kept")).to_have_count(0)
    kept(site)
    expect(site.page.locator("[name=name]")).to_have_value("乙")


@pytest.mark.parametrize(
    "done",
    [{"more": "data-saved"}, {"head": '<meta name="kept-done" content="claim-1">'}],
    ids=["form says saved", "page says done"],
)
def test_what_the_server_has_is_dropped_here(site, done):
    kept(site)
    type_all(site.page)
    kept(site, **done)
    expect(site.page.locator("[name=name]")).to_have_value("甲")
    assert "写了一半" not in stored(site)


def test_newer_content_on_the_server_is_not_replaced_unasked(site):
    kept(site)
    type_all(site.page)
    kept(site, version="4", name="丙")
    expect(site.page.locator("[name=name]")).to_have_value("丙")
    expect(site.page.locator(".pt-kept")).to_contain_text("之后这份内容已在别处更新")
    site.page.get_by_role("button", name="换成我留下的内容").click()
    expect(site.page.locator("[name=name]")).to_have_value("乙")


def test_once_sends_one_post(site):
    site.show(
        "/form/", '<form method="post" action="/save/" data-once><button>提交申报</button></form>', "once.js"
    )
    site.answers["/save/"] = {"status": 204}
    site.page.goto(f"{SITE}/form/")
    site.page.locator("button").dblclick()
    expect(site.page.locator("button")).to_have_text("正在提交…")
    expect(site.page.locator("button")).to_have_attribute("aria-disabled", "true")
    site.page.locator("button").press("Enter")
    assert len(site.posts) == 1


def autosaved(site):
    main = AUTOSAVED.format(version="3", name="甲", more="")
    main = main.replace("<form", "<form novalidate", 1).replace(
        '<input type="hidden" name="version"',
        '<input type="hidden" name="csrfmiddlewaretoken" value="t0k"><input type="hidden" name="version"',
    )
    site.show("/form/", main, "autosave.js", "keep.js")
    site.page.goto(f"{SITE}/form/?step=2")


def saved(version):
    body = {"version": version, "saved_at": "14:32", "estimate_html": "<b>新</b>", "missing_html": "还缺2项"}
    return {"json": body}


def state(site):
    return site.page.locator("[data-saved-state]")


def test_autosave_sends_changed_fields_and_shows_when(site):
    site.answers["/autosave/"] = saved(4)
    autosaved(site)
    site.page.fill("[name=goal]", "写")
    site.page.fill("[name=goal]", "写完")
    site.page.clock.run_for(700)
    assert site.posts == []
    site.page.clock.run_for(200)
    expect(state(site)).to_have_text("14:32已自动保存")
    assert site.sent() == {"goal": ["写完"], "fields": ["goal"], "version": ["3"]}
    assert site.posts[0][2]["x-csrftoken"] == "t0k"
    expect(site.page.locator("[name=version]")).to_have_value("4")
    expect(site.page.locator("[data-estimate] b")).to_have_text("新")
    expect(site.page.locator("[data-missing]")).to_have_text("还缺2项")
    assert "写完" not in stored(site)


def test_autosave_tells_of_an_emptied_box(site):
    site.answers["/autosave/"] = saved(4)
    autosaved(site)
    site.page.check("[name=ok]")
    site.page.uncheck("[name=ok]")
    site.page.clock.run_for(1000)
    expect(state(site)).to_have_text("14:32已自动保存")
    assert site.sent() == {"fields": ["ok"], "version": ["3"]}


def test_autosave_stops_when_another_window_saved_newer_content(site):
    site.answers["/autosave/"] = {"status": 409, "json": {"message": "另一个窗口在14:30保存了更新的内容。"}}
    autosaved(site)
    site.page.fill("[name=goal]", "写完")
    site.page.clock.run_for(1000)
    expect(state(site)).to_contain_text("另一个窗口在14:30保存了更新的内容。")
    site.page.fill("[name=goal]", "再写")
    site.page.clock.run_for(30_000)
    assert len(site.posts) == 1
    assert "再写" in stored(site)


def test_autosave_offline_keeps_the_text_and_tries_again(site):
    site.answers["/autosave/"] = "abort"
    autosaved(site)
    site.page.fill("[name=goal]", "写完")
    site.page.clock.run_for(1000)
    expect(state(site)).to_have_text("保存失败，内容已留在本机，恢复网络后自动再试。")
    assert "写完" in stored(site)
    site.answers["/autosave/"] = saved(4)
    site.page.evaluate("window.dispatchEvent(new Event('online'))")
    site.page.clock.run_for(100)
    expect(state(site)).to_have_text("14:32已自动保存")
    assert "写完" not in stored(site)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 401, "json": {}},
        {"status": 403, "body": "<p>"},
        {"status": 302, "headers": {"location": "/login/"}},
    ],
)
def test_autosave_after_the_sign_in_ran_out(site, answer):
    site.answers["/autosave/"] = answer
    autosaved(site)
    site.page.fill("[name=goal]", "写完")
    site.page.clock.run_for(1000)
    expect(state(site)).to_contain_text("登录已过期，内容已留在本机，登录后自动恢复。")
    expect(state(site).locator("a")).to_have_attribute("href", "/login/?next=%2Fform%2F%3Fstep%3D2")
    assert "写完" in stored(site)
    site.page.reload()
    expect(site.page.locator("[name=goal]")).to_have_value("写完")


def test_autosave_says_why_a_value_is_refused(site):
    site.answers["/autosave/"] = {"status": 422, "json": {"message": "金额最多两位小数。"}}
    autosaved(site)
    site.page.fill("[name=name]", "1.234")
    site.page.clock.run_for(1000)
    expect(state(site)).to_have_text("没有保存：金额最多两位小数。")
    site.page.clock.run_for(60_000)
    assert len(site.posts) == 1


def test_error_summary_takes_focus_and_dialog_opens(site):
    main = """<div class="pt-errors" tabindex="-1" data-focus>有1处需要改正</div>
    <a href="/confirm/" data-opens="d">撤回申报</a>
    <dialog id="d"><form method="post"><button type="button" data-closes>不撤回</button></form></dialog>"""
    site.show("/form/", main, "page.js")
    site.page.goto(f"{SITE}/form/")
    expect(site.page.locator(".pt-errors")).to_be_focused()
    site.page.get_by_role("link", name="撤回申报").press("Enter")
    expect(site.page.locator("dialog")).to_be_visible()
    site.page.get_by_role("button", name="不撤回").click()
    expect(site.page.locator("dialog")).to_be_hidden()
    assert site.page.url == f"{SITE}/form/"


UPLOAD = """<form method="post" action="/save/" enctype="multipart/form-data" data-once>
<input type="file" name="paper" data-upload><button>上传文件</button></form>"""


def upload(site):
    site.show("/form/", UPLOAD, "uploads.js", "once.js")
    site.page.goto(f"{SITE}/form/")
    site.page.set_input_files(
        "[name=paper]", {"name": "合同.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    site.page.get_by_role("button", name="上传文件").press("Enter")


def test_upload_answer_takes_the_place_of_the_page(site):
    site.show("/save/", "<h1>已上传合同.pdf</h1>")
    upload(site)
    expect(site.page.locator("h1")).to_have_text("已上传合同.pdf")
    assert re.search(rb'name="paper"; filename="[^"]+"', site.posts[0][1])
    assert len(site.posts) == 1


def test_upload_that_broke_off_says_so_and_can_be_sent_again(site):
    site.answers["/save/"] = "abort"
    upload(site)
    expect(site.page.get_by_role("status")).to_have_text("网络中断，文件没有传完。请再按一次上传。")
    site.answers.clear()
    site.show("/save/", "<h1>已上传合同.pdf</h1>")
    site.page.get_by_role("button", name="上传文件").click()
    expect(site.page.locator("h1")).to_have_text("已上传合同.pdf")


def test_upload_without_script_is_a_plain_form(site):
    site.show("/save/", "<h1>已上传合同.pdf</h1>")
    site.show("/form/", UPLOAD)
    site.page.goto(f"{SITE}/form/")
    site.page.set_input_files(
        "[name=paper]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    site.page.get_by_role("button", name="上传文件").click()
    expect(site.page.locator("h1")).to_have_text("已上传合同.pdf")
