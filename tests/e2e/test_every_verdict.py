"""Every sentence a verdict can begin with, on a desktop and a phone, in a language of each direction."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.visit import Windows

made, visits = sys.modules["verifier_web_made"], sys.modules["e2e_visit"]  # loaded by conftest.py
browser_module = sys.modules["e2e_browser"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(browser_module.missing() is not None, reason=str(browser_module.missing())),
]
ARABIC = {
    "on_main_network": "تم التحقق منها على إيثريوم.",
    "not_final": "يتعذّر الحكم بعد: التثبيت ينتظر أن يصبح نهائيًا؛ ويُحل ذلك من تلقاء نفسه.",
    "altered": "لم تجتز التحقق: عُدّل المحتوى بعد توقيعه.",
    "revoked": "لم تجتز التحقق: ألغتها الجهة المُصدِرة.",
    "suspended": "لم تجتز التحقق: علّقتها الجهة المُصدِرة.",
    "expired": "لم تجتز التحقق: انتهت مدتها.",
    "not_yet_valid": "لم تجتز التحقق: ليست سارية بعد.",
    "not_anchored": "لم تجتز التحقق: لم تثبّتها الجهة المُصدِرة.",
    "by_somebody_else": "لم تجتز التحقق: ثبّتها طرف غير الجهة المُصدِرة المسمّاة.",
    "unconfirmed": "يتعذّر الحكم: لا أحد ممن تثق بهم يؤكد من هي الجهة المُصدِرة.",
    "key_retired": "لم تجتز التحقق: ثُبّتت بعد أن أوقفت الجهة المُصدِرة استعمال مفتاح التوقيع.",
    "unreachable": "يتعذّر الحكم: تعذّر الوصول إلى السلسلة.",
    "wrong_network": "يتعذّر الحكم: ثُبّتت على شبكة لا تقبلها أداة التحقق هذه.",
    None: "هذا نص عادي، وليس شهادة.",
}
HEADLINES = {"en": sys.modules["verifier_web_headlines"].HEADLINES, "ar": ARABIC}


@pytest.mark.parametrize("width", visits.WIDTHS)
@pytest.mark.parametrize("language", visits.LANGUAGES)
@pytest.mark.parametrize("change", ARABIC)
def test_each_verdict_is_said_within_reach_of_everybody(
    windows: Windows, site: Any, change: str | None, language: str, width: int
) -> None:
    visit = windows.window(f"{width}-{language}", viewport={"width": width, "height": visits.WIDTHS[width]})
    site.verifier.change = getattr(made, change) if change else None
    visit.hand_in(f"{site.url}/?lang={language}", made.bundle_text() if change else "Dear team, I finished.")
    visit.picture(change or "not_a_credential")

    assert visit.page.locator("h1").inner_text() == HEADLINES[language][change]
    assert visit.faults() == []
