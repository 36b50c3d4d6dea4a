"""The tasks' pages, below tasks/."""

from django.urls import path

from tasks import views

urlpatterns = [
    path("", views.page, name="tasks"),
    path("start/", views.begin, name="start-task"),
    path("<int:number>/result/", views.result, name="task-result"),
]
