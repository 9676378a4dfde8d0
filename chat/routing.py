"""The socket's address."""

from django.urls import path

from chat.consumers import ChatConsumer

websocket_urlpatterns = [path("ws/projects/<uuid:project_id>/chat", ChatConsumer.as_asgi())]
