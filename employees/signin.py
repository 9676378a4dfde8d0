"""Sign-in, sign-out, and choosing a password: one's own, or anew by a link in a mail."""

from typing import Any

from axes.utils import reset
from django.contrib import messages
from django.contrib.auth import forms
from django.contrib.auth import views as auth
from django.core.cache import cache
from django.http import HttpResponse
from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import ContextMixin

from employees.tasks import mail_new_password

# One mail a minute to one address: nobody's mailbox is filled by strangers.
RESET_PAUSE_SECONDS = 60


class SignInPage(auth.LoginView):
    """E-mail and password."""

    redirect_authenticated_user = True
    extra_context = {"title": _("Sign in"), "crumbs": []}

    def form_valid(self, form: Any) -> HttpResponse:
        """Without "stay signed in" the session ends with the browser."""
        response = super().form_valid(form)
        if not self.request.POST.get("remember"):
            self.request.session.set_expiry(0)
        return response


class ResetForm(forms.PasswordResetForm):
    """Asks for a link. Known and unknown addresses are treated alike, in the same time."""

    def save(self, **options: Any) -> None:
        """Queue the mail; who has the address, if anybody, is looked up in the background."""
        email = self.cleaned_data["email"].strip().lower()
        if cache.add(f"password-reset:{email}", 1, RESET_PAUSE_SECONDS):
            mail_new_password.delay(email)


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
    path("logout/", auth.LogoutView.as_view(), name="logout"),
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
        _page(auth.PasswordResetDoneView, _("Mail sent")),
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
