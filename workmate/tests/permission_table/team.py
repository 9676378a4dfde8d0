"""What a supervisor may do with the rows of those who report to them."""

# What a supervisor gets on a time entry or an expense of somebody who reports to them: method and
# route -> status. They see it and decide on it, but do not write it.
TEAM = """
GET       api/time-entries/<uuid:pk>            200
PUT       api/time-entries/<uuid:pk>            403
PATCH     api/time-entries/<uuid:pk>            403
DELETE    api/time-entries/<uuid:pk>            403
POST      api/time-entries/<uuid:pk>/approve    200
POST      api/time-entries/<uuid:pk>/reject     200
POST      api/time-entries/<uuid:pk>/reopen     200
POST      api/time-entries/<uuid:pk>/stop       403
POST      api/time-entries/<uuid:pk>/submit     403
GET       time-entries/<uuid:pk>/               200
POST      time-entries/<uuid:pk>/edit/          422
POST      time-entries/<uuid:pk>/delete/        409
POST      time-entries/<uuid:pk>/approve/       302
POST      time-entries/<uuid:pk>/reject/        302
POST      time-entries/<uuid:pk>/reopen/        302
GET       api/expenses/<uuid:pk>                200
PUT       api/expenses/<uuid:pk>                403
PATCH     api/expenses/<uuid:pk>                403
DELETE    api/expenses/<uuid:pk>                403
POST      api/expenses/<uuid:pk>/submit         403
POST      api/expenses/<uuid:pk>/withdraw       403
POST      api/expenses/<uuid:pk>/approve        200
POST      api/expenses/<uuid:pk>/reject         200
POST      api/expenses/<uuid:pk>/reopen         200
PATCH     api/expenses/<uuid:pk>/reimburse      200
GET       expenses/<uuid:pk>/                   200
POST      expenses/<uuid:pk>/edit/              422
POST      expenses/<uuid:pk>/delete/            409
POST      expenses/<uuid:pk>/approve/           302
POST      expenses/<uuid:pk>/reject/            302
POST      expenses/<uuid:pk>/reopen/            302
POST      expenses/<uuid:pk>/reimburse/         302
"""
