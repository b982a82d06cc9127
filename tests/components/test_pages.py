"""The frame, the error pages, the sign-in pages and the gallery, drawn without a database."""

from datetime import date
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import HttpResponse
from django.template import Context
from django.template.loader import get_template
from django.test import RequestFactory
from django.urls import path

from portal.pages.gallery import gallery_context

NAMES = (
    "help accessibility verify register account_login account_logout account_change_password "
    "account_reauthenticate mfa_index mfa_authenticate mfa_reauthenticate mfa_activate_totp "
    "mfa_deactivate_totp mfa_view_recovery_codes mfa_generate_recovery_codes "
    "mfa_download_recovery_codes mfa_trust"
)
urlpatterns = [path(f"{name}/", lambda request: HttpResponse(), name=name) for name in NAMES.split()]
pytestmark = pytest.mark.urls(__name__)

VOID = {"meta", "link", "input", "img", "br", "hr", "path", "circle"}
UNDEFINED = "‼"


class Checker(HTMLParser):
    """Well-formed: every element closed in order; no id twice; every reference by id leads somewhere."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.wanted = [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        for name in ("for", "aria-labelledby", "aria-describedby"):
            self.wanted += (given.get(name) or "").split()
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def check(markup):
    assert UNDEFINED not in markup
    checker = Checker()
    checker.feed(markup)
    assert checker.open == []
    assert len(checker.ids) == len(set(checker.ids))
    assert set(checker.wanted) <= set(checker.ids)
    return markup


def page(name, **context):
    request = RequestFactory().get("/here/?page=2")
    return get_template(name).template.render(Context({"request": request, "csrf_token": "t0k", **context}))


class AnyForm(forms.Form):
    login = forms.CharField()
    password = forms.CharField(widget=forms.PasswordInput)
    oldpassword = forms.CharField()
    password1 = forms.CharField()
    password2 = forms.CharField()
    code = forms.CharField()
    secret = "JBSWY3DPEHPK3PXP"


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "500.html", "403_csrf.html"])
def test_error_page_needs_no_context(name):
    shown = check(get_template(name).template.render(Context()))
    assert '<html lang="zh-Hans">' in shown
    assert shown.count("<h1>") == 1
    assert '<a class="pt-btn" href="/">回到首页</a>' in shown


def test_csrf_page_says_the_text_is_kept():
    shown = page("403_csrf.html")
    assert "没有丢失" in shown
    assert "已恢复你上次没有保存的内容" in shown


def test_refused_page_says_each_reason():
    shown = check(page("refused.html", refusals=[SimpleNamespace(message="已过截止时间。")], back="/claims/"))
    assert "已过截止时间。" in shown
    assert 'href="/claims/"' in shown


def test_frame_of_a_visitor():
    shown = check(page("404.html"))
    assert '<a class="pt-skip" href="#main">跳到正文</a>' in shown
    assert '<a href="/account_login/">登录</a>' in shown
    assert "退出" not in shown
    assert "pt-demo" not in shown
    for words in ("使用帮助", "无障碍说明", "查验文件编号"):
        assert words in shown


def test_frame_of_somebody_signed_in():
    nav = [
        {"label": "我的申报", "href": "/claims/", "current": True},
        {"label": "政策", "href": "/policy/", "current": False},
    ]
    user = SimpleNamespace(is_authenticated=True, pk=7)
    shown = check(page("404.html", nav=nav, who="处室经办 陈立", user=user))
    assert '<a href="/claims/" aria-current="page">我的申报</a>' in shown
    assert 'data-keep-user="7"' in shown
    assert '<form method="post" action="/account_logout/">' in shown
    assert '<button class="pt-link" type="submit">退出</button>' in shown


def test_demo_banner_fixed_and_movable():
    fixed = check(page("404.html", demo={"date": date(2023, 11, 20), "movable": False, "move_url": ""}))
    assert "业务日期固定为" in fixed and "2023年11月20日" in fixed and "<details" not in fixed
    movable = check(
        page("404.html", demo={"date": date(2023, 11, 20), "movable": True, "move_url": "/clock/"})
    )
    for part in (
        'action="/clock/"',
        'name="days" value="1"',
        'name="days" value="5"',
        'value="2023-11-20"',
        "t0k",
    ):
        assert part in movable
    assert 'name="next" value="/here/?page=2"' in movable


def test_messages_are_notes_and_free_what_was_kept():
    told = [
        Message(constants.SUCCESS, "已保存。", extra_tags="keep:claim-7"),
        Message(constants.ERROR, "没有保存。"),
    ]
    shown = check(page("404.html", messages=told))
    assert 'class="pt-note pt-note--good" role="status" data-kept-done="claim-7"' in shown
    assert 'class="pt-note pt-note--bad" role="alert"' in shown


def test_gallery():
    shown = check(page("pages/gallery.html", **gallery_context()))
    for part in (
        "pt-amount",
        "pt-steps",
        "pt-quote",
        "pt-time",
        "pt-tasks",
        "pt-plan--most",
        "pt-table--cards",
        "pt-errors",
    ):
        assert part in shown


@pytest.mark.parametrize(
    ("name", "context"),
    [
        ("account/login.html", {"redirect_field": ""}),
        ("account/logout.html", {"redirect_field": ""}),
        ("account/password_change.html", {"redirect_field": ""}),
        ("account/reauthenticate.html", {"redirect_field": "", "reauthentication_alternatives": []}),
        ("account/account_inactive.html", {}),
        ("account/signup_closed.html", {}),
        ("account/password_reset.html", {}),
        ("account/locked.html", {}),
        ("mfa/index.html", {"authenticators": {}, "is_mfa_enabled": False}),
        ("mfa/authenticate.html", {}),
        ("mfa/reauthenticate.html", {"redirect_field": "", "reauthentication_alternatives": []}),
        ("mfa/totp/activate_form.html", {"totp_svg_data_uri": "data:image/svg+xml;base64,"}),
        ("mfa/totp/deactivate_form.html", {}),
        (
            "mfa/recovery_codes/index.html",
            {
                "unused_codes": ["a1b2"],
                "total_count": 10,
                "can_download_codes": True,
                "can_generate_codes": True,
            },
        ),
        ("mfa/recovery_codes/generate.html", {"unused_code_count": 3}),
        ("mfa/trust.html", {}),
    ],
)
def test_sign_in_pages(name, context):
    shown = check(page(name, form=AnyForm({}), **context))
    assert shown.count("<h1>") == 1
    body = shown[shown.index("<main") : shown.index("</main>")]
    for english in ("Sign", "Password", "Code", "Confirm", "Authent"):
        assert english not in body.replace("请填写Login", "").replace("请填写Code", "").replace(
            "请填写Password1", ""
        ).replace("请填写Password", "")


def test_other_ways_to_confirm_are_named_in_chinese():
    ways = [{"id": "mfa_reauthenticate", "url": "/mfa/", "description": "Use authenticator app or code"}]
    shown = page(
        "account/reauthenticate.html", form=AnyForm(), redirect_field="", reauthentication_alternatives=ways
    )
    assert "用验证器里的验证码确认" in shown
