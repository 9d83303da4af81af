"""The desk's addresses."""

from django.urls import path

from portevoix.desk.push.sse import live
from portevoix.desk.views import actions, alike, aside, conversation_page, files, inbox, merge, pictures, withdraw

app_name = "desk"
urlpatterns = [
    path("live", live, name="live"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/aside/", aside.aside, name="aside"),
    path("inbox/aside/refuse/", aside.refuse, name="refuse"),
    path("inbox/aside/envelope/<int:pk>/admit/", aside.admit, name="admit"),
    path("inbox/aside/envelope/<int:pk>/reject/", aside.reject, name="reject"),
    path("inbox/aside/envelope/<int:pk>/whole/", files.download_mail, name="whole"),
    path("inbox/aside/reply/<int:pk>/arrived/", aside.mark_arrived, name="arrived"),
    path("inbox/aside/reply/<int:pk>/again/", aside.again, name="again"),
    path("inbox/<int:pk>/", conversation_page.conversation, name="conversation"),
    path("inbox/<int:pk>/message/<int:message>/", conversation_page.message, name="message"),
    path("inbox/<int:pk>/alike/", alike.alike, name="alike"),
    path("inbox/<int:pk>/present/", conversation_page.present, name="present"),
    path("inbox/<int:pk>/draft/", conversation_page.draft, name="draft"),
    path("inbox/<int:pk>/reply/", actions.reply, name="reply"),
    path("inbox/<int:pk>/pictures/", pictures.attach, name="pictures"),
    path("inbox/<int:pk>/pictures/<int:picture>/", pictures.waiting, name="draft-picture"),
    path("inbox/<int:pk>/pictures/<int:picture>/remove/", pictures.remove, name="remove-picture"),
    path("inbox/<int:pk>/withdraw/<int:message>/", withdraw.withdraw, name="withdraw"),
    path("inbox/<int:pk>/note/", actions.note, name="note"),
    path("inbox/<int:pk>/take/", actions.take, name="take"),
    path("inbox/<int:pk>/assign/", actions.assign, name="assign"),
    path("inbox/<int:pk>/release/", actions.release, name="release"),
    path("inbox/<int:pk>/route/", actions.route, name="route"),
    path("inbox/<int:pk>/label/", actions.label, name="label"),
    path("inbox/<int:pk>/inquire/", actions.inquire, name="inquire"),
    path("inbox/<int:pk>/inform/<int:inquiry>/", actions.inform, name="inform"),
    path("inbox/<int:pk>/merge/", merge.merge, name="merge"),
    path("inbox/<int:pk>/close/", actions.close, name="close"),
    path("inbox/<int:pk>/reopen/", actions.reopen, name="reopen"),
    path("inquiries/", inbox.inquiries, name="inquiries"),
    path("picture/<int:pk>/", pictures.show_sent, name="picture"),
    path("file/<int:pk>/", files.attachment, name="attachment"),
]
