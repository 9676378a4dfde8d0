"""What somebody typed into a form after their session had ended: kept until they sign in again."""

from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, QueryDict

# In the form: whose it is. In the session: what was typed, and on which page.
WHOSE, KEPT = "typed_by", "typed"
SALT = "workmate.typed"
MOST_CHARACTERS = 200_000


def signature(person: object) -> str:
    """Goes into a form, so that nobody else gets to see what was typed."""
    return signing.Signer(salt=SALT).sign(str(getattr(person, "pk", "")))


def keep(request: HttpRequest) -> None:
    """Keep what a guest has sent, where it comes from a form that was shown to somebody.

    Files are not kept: they have to be chosen again. What is longer than any form is dropped.
    """
    try:
        whose = signing.Signer(salt=SALT).unsign(request.POST.get(WHOSE, ""))
    except signing.BadSignature:
        return
    pairs = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in (WHOSE, "csrfmiddlewaretoken")
        for value in values
    ]
    text = urlencode(pairs)
    if len(text) <= MOST_CHARACTERS:
        request.session[KEPT] = {"whose": whose, "path": request.path, "text": text}


def recall(request: HttpRequest) -> QueryDict | None:
    """What this person had typed on this page, once; None where there is nothing of theirs."""
    kept = request.session.get(KEPT)
    if kept is None:
        return None
    if kept["whose"] != str(request.user.pk):
        del request.session[KEPT]
        return None
    if kept["path"] != request.path:
        return None
    del request.session[KEPT]
    return QueryDict(kept["text"])
