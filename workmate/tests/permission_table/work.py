"""The routes of customers, projects, time, expenses, chat and invoices."""

CRM = """
GET       api/customers                         crm.view_customer
POST      api/customers                         crm.add_customer
GET       api/customers/<uuid:pk>               crm.view_customer      customer
PUT,PATCH api/customers/<uuid:pk>               crm.change_customer    customer
DELETE    api/customers/<uuid:pk>               crm.delete_customer    customer
GET       api/customers/<uuid:pk>/statistics    crm.view_customer      customer
GET       api/customers/<uuid:pk>/timeline      crm.view_customer      customer
GET       api/customers/<uuid:parent_pk>/contacts     crm.view_contact   customer
GET       api/customers/<uuid:parent_pk>/activities   crm.view_activity  customer
GET       api/contacts                          crm.view_contact
POST      api/contacts                          crm.add_contact
GET       api/contacts/<uuid:pk>                crm.view_contact       contact
PUT,PATCH api/contacts/<uuid:pk>                crm.change_contact     contact
DELETE    api/contacts/<uuid:pk>                crm.delete_contact     contact
GET       api/activities                        crm.view_activity
POST      api/activities                        crm.add_activity
GET       api/activities/<uuid:pk>              crm.view_activity      activity
PUT,PATCH api/activities/<uuid:pk>              crm.change_activity    activity
DELETE    api/activities/<uuid:pk>              crm.delete_activity    activity
GET       customers/                            crm.view_customer
POST      customers/bulk/<slug:verb>/           crm.view_customer      -            none
GET       customers/pipeline/                   crm.view_customer
POST      customers/<uuid:pk>/stage/            crm.change_customer    customer
GET,POST  customers/new/                        crm.add_customer
GET       customers/<uuid:pk>/                  crm.view_customer      customer
GET,POST  customers/<uuid:pk>/edit/             crm.change_customer    customer
GET,POST  customers/<uuid:pk>/delete/           crm.delete_customer    customer
GET       contacts/                             crm.view_contact
POST      contacts/bulk/<slug:verb>/            crm.view_contact       -            none
GET,POST  contacts/new/                         crm.add_contact
GET       contacts/<uuid:pk>/                   crm.view_contact       contact
GET,POST  contacts/<uuid:pk>/edit/              crm.change_contact     contact
GET,POST  contacts/<uuid:pk>/delete/            crm.delete_contact     contact
GET       activities/                           crm.view_activity
POST      activities/bulk/<slug:verb>/          crm.view_activity      -            none
GET,POST  activities/new/                       crm.add_activity
GET       activities/<uuid:pk>/                 crm.view_activity      activity
GET,POST  activities/<uuid:pk>/edit/            crm.change_activity    activity
GET,POST  activities/<uuid:pk>/delete/          crm.delete_activity    activity
"""

PROJECTS = """
GET       api/projects                          projects.view_project
POST      api/projects                          projects.add_project
GET       api/projects/<uuid:pk>                projects.view_project    project
PUT,PATCH api/projects/<uuid:pk>                projects.change_project  project
DELETE    api/projects/<uuid:pk>                projects.delete_project  project
GET       api/projects/<uuid:pk>/statistics     projects.view_project    project
GET       api/projects/<uuid:pk>/timeline       projects.view_project    project
GET       api/customers/<uuid:parent_pk>/projects  projects.view_project customer
GET       projects/                             projects.view_project
POST      projects/bulk/<slug:verb>/            projects.change_project  -            complete
GET,POST  projects/new/                         projects.add_project
GET       projects/<uuid:pk>/                   projects.view_project    project
GET,POST  projects/<uuid:pk>/edit/              projects.change_project  project
GET,POST  projects/<uuid:pk>/delete/            projects.delete_project  project
POST      api/projects/<uuid:pk>/complete       projects.change_project  project
POST      api/projects/<uuid:pk>/reopen         projects.change_project  project
GET,POST  projects/<uuid:pk>/complete/          projects.change_project  project
GET,POST  projects/<uuid:pk>/reopen/            projects.change_project  project
GET       api/projects/<uuid:parent_pk>/members projects.view_projectmember  project
GET       api/project-members                   projects.view_projectmember
POST      api/project-members                   projects.add_projectmember
GET       api/project-members/<uuid:pk>         projects.view_projectmember    projectmember
PUT,PATCH api/project-members/<uuid:pk>         projects.change_projectmember  projectmember
DELETE    api/project-members/<uuid:pk>         projects.delete_projectmember  projectmember
GET       project-members/                      projects.view_projectmember
POST      project-members/bulk/<slug:verb>/     projects.view_projectmember    -            none
GET,POST  project-members/new/                  projects.add_projectmember
GET       project-members/<uuid:pk>/            projects.view_projectmember    projectmember
GET,POST  project-members/<uuid:pk>/edit/       projects.change_projectmember  projectmember
GET,POST  project-members/<uuid:pk>/delete/     projects.delete_projectmember  projectmember
"""

TIMETRACKING = """
GET       api/time-entries                      timetracking.view_timeentry
POST      api/time-entries                      timetracking.add_timeentry
GET       api/time-entries/current              timetracking.view_timeentry
POST      api/time-entries/start                timetracking.start_timeentry
GET       api/time-entries/<uuid:pk>            timetracking.view_timeentry     timeentry
PUT,PATCH api/time-entries/<uuid:pk>            timetracking.change_timeentry   timeentry
DELETE    api/time-entries/<uuid:pk>            timetracking.delete_timeentry   timeentry
POST      api/time-entries/<uuid:pk>/approve    timetracking.approve_timeentry  timeentry
POST      api/time-entries/<uuid:pk>/reject     timetracking.approve_timeentry  timeentry
POST      api/time-entries/<uuid:pk>/reopen     timetracking.approve_timeentry  timeentry
POST      api/time-entries/<uuid:pk>/stop       timetracking.stop_timeentry     timeentry
POST      api/time-entries/<uuid:pk>/submit     timetracking.submit_timeentry   timeentry
GET       api/employees/<uuid:parent_pk>/time-entries  timetracking.view_timeentry  employee
GET       api/projects/<uuid:parent_pk>/time-entries   timetracking.view_timeentry  project
GET       time-entries/                         timetracking.view_timeentry
POST      time-entries/bulk/<slug:verb>/        timetracking.submit_timeentry   -            submit
GET,POST  time-entries/new/                     timetracking.add_timeentry
GET,POST  time-entries/start/                   timetracking.start_timeentry
GET,POST  timer/                                timetracking.start_timeentry
GET       time-entries/<uuid:pk>/               timetracking.view_timeentry     timeentry
GET,POST  time-entries/<uuid:pk>/edit/          timetracking.change_timeentry   timeentry
GET,POST  time-entries/<uuid:pk>/delete/        timetracking.delete_timeentry   timeentry
GET,POST  time-entries/<uuid:pk>/approve/       timetracking.approve_timeentry  timeentry
GET,POST  time-entries/<uuid:pk>/reject/        timetracking.approve_timeentry  timeentry
GET,POST  time-entries/<uuid:pk>/reopen/        timetracking.approve_timeentry  timeentry
GET,POST  time-entries/<uuid:pk>/stop/          timetracking.stop_timeentry     timeentry
GET,POST  time-entries/<uuid:pk>/submit/        timetracking.submit_timeentry   timeentry
GET       hours/                                timetracking.view_timeentry
GET       week/                                 timetracking.view_timeentry
POST      week/                                 timetracking.add_timeentry
"""

FINANCE = """
GET       api/expenses                          finance.view_expense
POST      api/expenses                          finance.add_expense
GET       api/expenses/<uuid:pk>                finance.view_expense      expense
PUT,PATCH api/expenses/<uuid:pk>                finance.change_expense    expense
DELETE    api/expenses/<uuid:pk>                finance.delete_expense    expense
POST      api/expenses/<uuid:pk>/submit         finance.submit_expense    expense
POST      api/expenses/<uuid:pk>/withdraw       finance.submit_expense    expense
POST      api/expenses/<uuid:pk>/approve        finance.approve_expense   reportexpense
POST      api/expenses/<uuid:pk>/reject         finance.approve_expense   reportexpense
POST      api/expenses/<uuid:pk>/reopen         finance.approve_expense   reportexpense
PATCH     api/expenses/<uuid:pk>/reimburse      finance.reimburse_expense reportexpense
GET       api/employees/<uuid:parent_pk>/expenses  finance.view_expense   employee
GET       api/projects/<uuid:parent_pk>/expenses   finance.view_expense   project
GET       expenses/                             finance.view_expense
POST      expenses/bulk/<slug:verb>/            finance.submit_expense    -            submit
GET,POST  expenses/new/                         finance.add_expense
GET       expenses/<uuid:pk>/                   finance.view_expense      expense
GET,POST  expenses/<uuid:pk>/edit/              finance.change_expense    expense
GET,POST  expenses/<uuid:pk>/delete/            finance.delete_expense    expense
GET,POST  expenses/<uuid:pk>/submit/            finance.submit_expense    expense
GET,POST  expenses/<uuid:pk>/withdraw/          finance.submit_expense    expense
GET,POST  expenses/<uuid:pk>/approve/           finance.approve_expense   reportexpense
GET,POST  expenses/<uuid:pk>/reject/            finance.approve_expense   reportexpense
GET,POST  expenses/<uuid:pk>/reopen/            finance.approve_expense   reportexpense
GET,POST  expenses/<uuid:pk>/reimburse/         finance.reimburse_expense reportexpense
"""

CHAT = """
GET       api/messages                          chat.view_chatmessage
POST      api/messages                          chat.add_chatmessage
GET       api/messages/unread                   chat.view_chatmessage
GET       api/messages/<uuid:pk>                chat.view_chatmessage      chatmessage
PATCH     api/messages/<uuid:pk>                chat.change_chatmessage    chatmessage
DELETE    api/messages/<uuid:pk>                chat.delete_chatmessage    chatmessage
POST      api/messages/<uuid:pk>/read           chat.view_chatmessage      chatmessage
GET       api/projects/<uuid:parent_pk>/messages  chat.view_chatmessage    project
GET       chat/                                 chat.view_chatmessage
GET       chat/<uuid:pk>/                       chat.view_chatmessage      room
POST      chat/<uuid:pk>/                       chat.add_chatmessage       room
GET       messages/                             chat.view_chatmessage
POST      messages/bulk/<slug:verb>/            chat.view_chatmessage      -            none
GET       messages/<uuid:pk>/                   chat.view_chatmessage      chatmessage
GET,POST  messages/<uuid:pk>/edit/              chat.change_chatmessage    chatmessage
GET,POST  messages/<uuid:pk>/delete/            chat.delete_chatmessage    chatmessage
"""

INVOICES = """
GET       api/invoices                          invoices.view_invoice
POST      api/invoices                          invoices.add_invoice
GET       api/invoices/statistics               invoices.view_invoice
POST      api/invoices/from-project             invoices.add_invoice
GET       api/invoices/<uuid:pk>                invoices.view_invoice      invoice
PUT,PATCH api/invoices/<uuid:pk>                invoices.change_invoice    invoice
DELETE    api/invoices/<uuid:pk>                invoices.delete_invoice    invoice
GET       api/invoices/<uuid:pk>/pdf            invoices.view_invoice      finalized
POST      api/invoices/<uuid:pk>/accept         invoices.convert_invoice   invoice
POST      api/invoices/<uuid:pk>/bill-on        invoices.change_invoice    invoice
POST      api/invoices/<uuid:pk>/cancel         invoices.cancel_invoice    invoice
POST      api/invoices/<uuid:pk>/convert        invoices.convert_invoice   invoice
POST      api/invoices/<uuid:pk>/credit         invoices.add_invoice       invoice
POST      api/invoices/<uuid:pk>/decline        invoices.convert_invoice   invoice
POST      api/invoices/<uuid:pk>/duplicate      invoices.add_invoice       invoice
POST      api/invoices/<uuid:pk>/finalize       invoices.finalize_invoice  invoice
POST      api/invoices/<uuid:pk>/mark-sent      invoices.send_invoice      invoice
POST      api/invoices/<uuid:pk>/pay            invoices.add_payment       invoice
POST      api/invoices/<uuid:pk>/send           invoices.send_invoice      invoice
GET       api/payments                          invoices.view_payment
POST      api/payments                          invoices.add_payment
GET       api/payments/<uuid:pk>                invoices.view_payment      payment
POST      api/payments/<uuid:pk>/reverse        invoices.reverse_payment   payment
GET       api/customers/<uuid:parent_pk>/invoices   invoices.view_invoice  customer
GET       api/projects/<uuid:parent_pk>/invoices    invoices.view_invoice  project
GET       api/invoices/<uuid:parent_pk>/payments    invoices.view_payment  invoice
GET       invoices/                             invoices.view_invoice
POST      invoices/bulk/<slug:verb>/            invoices.finalize_invoice  -            finalize
POST      invoices/bulk/pdfs/                   invoices.view_invoice
GET,POST  invoices/pdfs/                        invoices.view_invoice
GET       invoices/pdfs/zip/                    invoices.view_invoice
GET,POST  invoices/new/                         invoices.add_invoice
POST      invoices/totals/                      invoices.add_invoice
GET,POST  invoices/from-project/                invoices.add_invoice
GET       invoices/<uuid:pk>/                   invoices.view_invoice      invoice
GET,POST  invoices/<uuid:pk>/edit/              invoices.change_invoice    invoice
GET,POST  invoices/<uuid:pk>/delete/            invoices.delete_invoice    invoice
POST      invoices/<uuid:pk>/totals/            invoices.change_invoice    invoice
POST      invoices/preview/                     invoices.add_invoice
GET       invoices/<uuid:pk>/preview/           invoices.view_invoice      invoice
POST      invoices/<uuid:pk>/preview/           invoices.change_invoice    invoice
GET       invoices/<uuid:pk>/pdf/               invoices.view_invoice      finalized
GET,POST  invoices/<uuid:pk>/accept/            invoices.convert_invoice   invoice
GET,POST  invoices/<uuid:pk>/cancel/            invoices.cancel_invoice    invoice
GET,POST  invoices/<uuid:pk>/convert/           invoices.convert_invoice   invoice
GET,POST  invoices/<uuid:pk>/credit/            invoices.add_invoice       invoice
GET,POST  invoices/<uuid:pk>/decline/           invoices.convert_invoice   invoice
GET,POST  invoices/<uuid:pk>/duplicate/         invoices.add_invoice       invoice
GET,POST  invoices/<uuid:pk>/finalize/          invoices.finalize_invoice  invoice
GET,POST  invoices/<uuid:pk>/mark-sent/         invoices.send_invoice      invoice
GET,POST  invoices/<uuid:pk>/pay/               invoices.add_payment       invoice
GET,POST  invoices/<uuid:pk>/send/              invoices.send_invoice      invoice
GET       payments/                             invoices.view_payment
GET       payments/board/                       invoices.view_payment
POST      payments/bulk/<slug:verb>/            invoices.view_payment      -            none
GET       payments/<uuid:pk>/                   invoices.view_payment      payment
GET,POST  payments/<uuid:pk>/reverse/           invoices.reverse_payment   payment
"""
