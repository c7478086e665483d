"""Addresses of the readers' side."""

from __future__ import annotations

from django.urls import path

from kitaphana.portal import account, book_lists, browsing, classes, exports, gathering, views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("catalog/", views.search, name="search"),
    path("catalog/results.<str:extension>", exports.search_file, name="search_file"),
    path("catalog/browse/", browsing.browse, name="browse"),
    path("catalog/suggest", views.suggest, name="suggest"),
    path("catalog/records/<int:pk>/", views.record, name="record"),
    path("catalog/records/<int:pk>/editions/", gathering.editions, name="editions"),
    path("catalog/classes/<slug:scheme>/", classes.classes, name="classes"),
    path("catalog/names/<int:pk>/", gathering.authority, name="authority"),
    path("libraries/", views.libraries, name="libraries"),
    path("libraries/<str:code>/", views.library, name="library"),
    path("my/lists/", book_lists.my_lists, name="my_lists"),
    path("my/lists/<int:pk>/", book_lists.my_list, name="my_list"),
    path("my/lists/<int:pk>/delete/", book_lists.delete_list, name="delete_list"),
    path("my/lists/items/<int:pk>/", book_lists.change_item, name="change_item"),
    path("my/lists/add/<int:pk>/", book_lists.add_to_list, name="add_to_list"),
    path("my/searches/save/", book_lists.save_search, name="save_search"),
    path("my/searches/<int:pk>/", book_lists.saved_search, name="saved_search"),
    path("shared/<str:token>/", book_lists.shared_list, name="shared_list"),
    path("shared/<str:token>/list.csv", book_lists.shared_list_csv, name="shared_list_csv"),
    path("my/", account.my, name="my"),
    path("my/history/", account.my_history, name="my_history"),
    path("my/history/keep/", account.keep_history, name="keep_history"),
    path("my/card/", account.my_card, name="my_card"),
    path("my/loans/<int:pk>/renew/", account.renew, name="renew"),
    path("my/holds/<int:pk>/cancel/", account.cancel_hold, name="cancel_hold"),
    path("my/holds/place/<int:pk>/", account.place_hold, name="place_hold"),
]
