"""Addresses of the pages."""

from django.urls import path

from chat.views import ChatMessagePages, RoomPage, RoomsPage

app_name = "chat"
urlpatterns = [
    path("chat/", RoomsPage.as_view(pages=ChatMessagePages), name="rooms"),
    path("chat/<uuid:pk>/", RoomPage.as_view(pages=ChatMessagePages), name="room"),
    *ChatMessagePages.urls(),
]
