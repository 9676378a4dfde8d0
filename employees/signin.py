"""Sign-in, sign-out, and choosing a password: one's own, or anew by a link in a mail."""

import logging
from typing import Any
from urllib.parse import urlencode

from axes.utils import reset
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import forms, login
from django.contrib.auth import views as auth
from django.core.cache import cache
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import ContextMixin
from mozilla_django_oidc.views import (
    OIDCAuthenticationCallbackView,
    OIDCAuthenticationRequestView,
)
from requests import RequestException

from employees.auth.provider import ProviderUnavailableError, is_configured, provider
from employees.auth.sso import SingleSignOnBackend
from employees.services import link_days
from employees.tasks import mail_new_password

# One mail a minute to one address: nobody's mailbox is filled by strangers.
RESET_PAUSE_SECONDS = 60
BACKEND = "employees.auth.sso.SingleSignOnBackend"
log = logging.getLogger("workmate.sso")


class SignInForm(forms.AuthenticationForm):
    """E-mail and password; which of them is wrong is told to nobody."""

    error_messages = {
        **forms.AuthenticationForm.error_messages,
        "invalid_login": _("E-mail or password is wrong."),
    }


class SignInPage(auth.LoginView):
    """E-mail and password."""

    authentication_form = SignInForm
    redirect_authenticated_user = True
    extra_context = {"title": _("Sign in"), "crumbs": []}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the way to the identity provider, where there is one."""
        context = super().get_context_data(**kwargs)
        if is_configured():
            wanted = self.get_redirect_url()
            query = f"?{urlencode({'next': wanted})}" if wanted else ""
            context["sso_url"] = f"{reverse('sso')}{query}"
            context["sso_name"] = settings.OIDC_NAME
        return context

    def form_invalid(self, form: Any) -> HttpResponse:
        """The address stays, so the password is what is typed anew."""
        if form.data.get("username"):
            form.fields["username"].widget.attrs.pop("autofocus", None)
            form.fields["password"].widget.attrs["autofocus"] = True
        return super().form_invalid(form)

    def form_valid(self, form: Any) -> HttpResponse:
        """Without "stay signed in" the session ends with the browser."""
        response = super().form_valid(form)
        if not self.request.POST.get("remember"):
            self.request.session.set_expiry(0)
        return response


class SingleSignOnPage(OIDCAuthenticationRequestView):  # type: ignore[misc]
    """Off to the identity provider, with a state, a nonce and a challenge of this sign-in alone."""

    def __init__(self, **kwargs: Any) -> None:
        # The library asks for the address here, where no answer can be given without it.
        super(OIDCAuthenticationRequestView, self).__init__(**kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """The way there; back to the sign-in page when the provider does not answer."""
        if not is_configured():
            raise Http404
        self.OIDC_RP_CLIENT_ID = settings.OIDC_RP_CLIENT_ID
        try:
            self.OIDC_OP_AUTH_ENDPOINT = provider().endpoint("authorization_endpoint")
        except ProviderUnavailableError as error:
            log.warning("single sign-on: %s", error)
            messages.error(request, _("The identity provider does not answer."))
            return redirect("login")
        response: HttpResponse = super().get(request)
        return response


class SingleSignOnBack(OIDCAuthenticationCallbackView):  # type: ignore[misc]
    """Back from the identity provider, with a code."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Sign in who comes back, or say on the sign-in page why not.

        Only the browser that was sent off is let in, and only once: the state stands in its
        session. What fails leaves the one who is signed in alone.
        """
        if not is_configured():
            raise Http404
        attempt = self.attempt(request)
        text = _("Signing in did not work. Please try again.")
        if attempt is None or "code" not in request.GET:
            log.warning("single sign-on: refused by the provider, or without a state of ours")
            return self.refuse(text)
        try:
            person = SingleSignOnBackend().authenticate(
                request, nonce=attempt["nonce"], code_verifier=attempt["code_verifier"]
            )
        except ValidationError as error:
            log.warning("single sign-on: %s", getattr(error, "code", "") or "invalid")
            return self.refuse(" ".join(error.messages))
        except SuspiciousOperation as error:
            log.warning("single sign-on: %s", error)
            return self.refuse(text)
        except (RequestException, ProviderUnavailableError, ValueError) as error:
            log.warning("single sign-on: %s", type(error).__name__)
            return self.refuse(_("The identity provider does not answer."))
        finally:
            # Kept by the library; it belongs to who signs in, and not to who was signed in before.
            hint = request.session.pop("oidc_id_token", None)
        if person is None:
            return self.refuse(text)
        wanted = self.success_url
        login(request, person, backend=BACKEND)
        request.session["oidc_id_token"] = hint
        # As long as the browser is open: longer remembers the provider, if it likes.
        request.session.set_expiry(0)
        return HttpResponseRedirect(wanted)

    def attempt(self, request: HttpRequest) -> dict[str, Any] | None:
        """What was kept of this sign-in when it began, and is kept no longer."""
        attempts = request.session.get("oidc_states", {})
        found: dict[str, Any] | None = attempts.pop(request.GET.get("state", ""), None)
        if found is not None:
            request.session["oidc_states"] = attempts
            # Before the provider is asked: the same address sent twice must not get in twice.
            request.session.save()
        return found

    def refuse(self, text: Any) -> HttpResponse:
        """The sign-in page with the reason."""
        messages.error(self.request, text)
        return redirect("login")


class SignOutPage(auth.LogoutView):
    """Sign out here, and at the identity provider by which one came."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Off; without an answer of the provider only from here."""
        hint = request.session.get("oidc_id_token")
        response = super().post(request, *args, **kwargs)
        if not hint or not is_configured():
            return response
        try:
            address = provider().endpoint("end_session_endpoint")
        except ProviderUnavailableError:
            return response
        query = {
            "id_token_hint": hint,
            "client_id": settings.OIDC_RP_CLIENT_ID,
            "post_logout_redirect_uri": request.build_absolute_uri(reverse("login")),
        }
        return HttpResponseRedirect(f"{address}{'&' if '?' in address else '?'}{urlencode(query)}")


class ResetForm(forms.PasswordResetForm):
    """Asks for a link. Known and unknown addresses are treated alike, in the same time."""

    def save(self, **options: Any) -> None:
        """Queue the mail; who has the address, if anybody, is looked up in the background."""
        email = self.cleaned_data["email"].strip().lower()
        if cache.add(f"password-reset:{email}", 1, RESET_PAUSE_SECONDS):
            mail_new_password.delay(email)


class ResetDonePage(auth.PasswordResetDoneView):
    """Where to look for the link, and how long it works."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the days, as the mail tells them."""
        return super().get_context_data(**kwargs) | {"days": link_days()}


class NewPasswordPage(auth.PasswordResetConfirmView):
    """Choose a password by the link. It also ends a lock after failed attempts."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Save it: every session of before ends, as its hash changes."""
        response = super().form_valid(form)
        person: Any = form.user
        reset(username=person.email)
        return response


class PasswordPage(auth.PasswordChangeView):
    """Change one's own password; the other sessions end."""

    success_url = reverse_lazy("employees:profile")
    extra_context = {
        "title": _("Change password"),
        "crumbs": [
            (_("My profile"), reverse_lazy("employees:profile")),
            (_("Change password"), None),
        ],
    }

    def form_valid(self, form: Any) -> HttpResponse:
        """Save it, and say so on the profile."""
        response = super().form_valid(form)
        messages.success(self.request, _("The password is saved."))
        return response


def _page(view: type[ContextMixin], title: object, **options: object):  # type: ignore[no-untyped-def]
    extra = {"title": title, "crumbs": []}
    return view.as_view(extra_context=extra, **options)  # type: ignore[attr-defined]


urlpatterns = [
    path("login/", SignInPage.as_view(), name="login"),
    path("login/sso/", SingleSignOnPage.as_view(), name="sso"),
    # Under the name by which mozilla-django-oidc looks for it.
    path("login/sso/back/", SingleSignOnBack.as_view(), name="oidc_authentication_callback"),
    path("logout/", SignOutPage.as_view(), name="logout"),
    path(
        "password-reset/",
        _page(
            auth.PasswordResetView,
            _("Reset password"),
            form_class=ResetForm,
        ),
        name="password_reset",
    ),
    path(
        "password-reset/sent/",
        _page(ResetDonePage, _("Mail sent")),
        name="password_reset_done",
    ),
    path(
        "password-reset/<uidb64>/<token>/",
        _page(NewPasswordPage, _("New password")),
        name="password_reset_confirm",
    ),
    path(
        "password-reset/done/",
        _page(auth.PasswordResetCompleteView, _("Password changed")),
        name="password_reset_complete",
    ),
    path("profile/password/", PasswordPage.as_view(), name="password_change"),
]
