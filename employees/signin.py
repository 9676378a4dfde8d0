"""Sign-in, sign-out and password reset by mail."""

from django.contrib.auth import views as auth
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import ContextMixin


class SignInPage(auth.LoginView):
    """E-mail and password."""

    redirect_authenticated_user = True
    extra_context = {"title": _("Sign in"), "crumbs": []}

    def form_valid(self, form):  # type: ignore[no-untyped-def]
        """Without "stay signed in" the session ends with the browser."""
        response = super().form_valid(form)
        if not self.request.POST.get("remember"):
            self.request.session.set_expiry(0)
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
            email_template_name="registration/password_reset_email.txt",
            subject_template_name="registration/password_reset_subject.txt",
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
        _page(auth.PasswordResetConfirmView, _("New password")),
        name="password_reset_confirm",
    ),
    path(
        "password-reset/done/",
        _page(auth.PasswordResetCompleteView, _("Password changed")),
        name="password_reset_complete",
    ),
]
