"""The permission table: which right each route asks for, and whose rows it shows.

Columns: methods, route, permission, kind of row, and for bulk routes the verb that is tried
(`none` where the model has no verb for many rows). `public` is everybody, `everyone` whoever is
signed in. A route that is missing here, or that is gone, fails `test_permissions`.
"""

SHELL = """
GET       /                                     everyone
GET       search/                               everyone
GET       palette/                              everyone
GET       widgets/<slug:key>/                   everyone
GET       approvals/                            everyone
POST      approvals/<slug:key>/                 everyone
POST      settings/                             public
GET       manifest.webmanifest                  public
GET       service-worker.js                     public
GET       offline/                              public
GET       readyz                                public
GET       admin/login/                          everyone
GET,POST  login/                                public
GET       login/sso/                            public
GET       login/sso/back/                       public
POST      logout/                               public
GET,POST  password-reset/                       public
GET       password-reset/sent/                  public
GET,POST  password-reset/<uidb64>/<token>/      public
GET       password-reset/done/                  public
GET       api/schema                            everyone
GET       api/docs                              everyone
"""

EMPLOYEES = """
GET       api/departments                       employees.view_department
POST      api/departments                       employees.add_department
GET       api/departments/<uuid:pk>             employees.view_department    department
PUT,PATCH api/departments/<uuid:pk>             employees.change_department  department
DELETE    api/departments/<uuid:pk>             employees.delete_department  department
GET       api/roles                             employees.view_role
POST      api/roles                             employees.add_role
GET       api/roles/<uuid:pk>                   employees.view_role          role
PUT,PATCH api/roles/<uuid:pk>                   employees.change_role        role
DELETE    api/roles/<uuid:pk>                   employees.delete_role        role
GET       api/employees                         employees.view_employee
POST      api/employees                         employees.add_employee
GET,PATCH api/employees/me                      everyone
GET       api/employees/<uuid:pk>               employees.view_employee      employee
PUT,PATCH api/employees/<uuid:pk>               employees.change_employee    employee
DELETE    api/employees/<uuid:pk>               employees.delete_employee    employee
POST      api/employees/<uuid:pk>/invite        employees.change_employee    employee
GET       api/employees/<uuid:pk>/photo         employees.view_employee      photographed
PUT,DELETE api/employees/<uuid:pk>/photo        employees.change_employee    employee
GET       departments/                          employees.view_department
POST      departments/bulk/<slug:verb>/         employees.view_department    -            none
GET,POST  departments/new/                      employees.add_department
GET       departments/<uuid:pk>/                employees.view_department    department
GET,POST  departments/<uuid:pk>/edit/           employees.change_department  department
GET,POST  departments/<uuid:pk>/delete/         employees.delete_department  department
GET       roles/                                employees.view_role
POST      roles/bulk/<slug:verb>/               employees.view_role          -            none
GET,POST  roles/new/                            employees.add_role
GET       roles/<uuid:pk>/                      employees.view_role          role
GET,POST  roles/<uuid:pk>/edit/                 employees.change_role        role
GET,POST  roles/<uuid:pk>/delete/               employees.delete_role        role
GET       employees/                            employees.view_employee
GET       employees/org-chart/                  employees.view_employee
POST      employees/bulk/<slug:verb>/           employees.change_employee    -            invite
GET,POST  employees/new/                        employees.add_employee
GET       employees/<uuid:pk>/                  employees.view_employee      employee
GET,POST  employees/<uuid:pk>/edit/             employees.change_employee    employee
GET,POST  employees/<uuid:pk>/delete/           employees.delete_employee    employee
GET,POST  employees/<uuid:pk>/invite/           employees.change_employee    employee
GET,POST  profile/                              everyone
GET,POST  profile/password/                     everyone
GET,POST  profile/tokens/                       everyone
POST      profile/tokens/<uuid:pk>/revoke/      everyone
"""

REMINDERS = """
GET       api/reminders                         reminders.view_reminder
POST      api/reminders                         reminders.add_reminder
GET       api/reminders/<uuid:pk>               reminders.view_reminder        reminder
PUT,PATCH api/reminders/<uuid:pk>               reminders.change_reminder      reminder
DELETE    api/reminders/<uuid:pk>               reminders.delete_reminder      reminder
PATCH     api/reminders/<uuid:pk>/complete      reminders.change_reminder      reminder
POST      api/reminders/<uuid:pk>/reopen        reminders.change_reminder      reminder
POST      api/reminders/<uuid:pk>/snooze        reminders.change_reminder      reminder
POST      api/reminders/<uuid:pk>/delegate      reminders.change_reminder      reminder
GET       reminders/                            reminders.view_reminder
POST      reminders/bulk/<slug:verb>/           reminders.change_reminder      -            complete
GET,POST  reminders/new/                        reminders.add_reminder
GET       reminders/<uuid:pk>/                  reminders.view_reminder        reminder
GET,POST  reminders/<uuid:pk>/edit/             reminders.change_reminder      reminder
GET,POST  reminders/<uuid:pk>/delete/           reminders.delete_reminder      reminder
GET,POST  reminders/<uuid:pk>/complete/         reminders.change_reminder      reminder
GET,POST  reminders/<uuid:pk>/reopen/           reminders.change_reminder      reminder
GET,POST  reminders/<uuid:pk>/snooze/           reminders.change_reminder      reminder
GET,POST  reminders/<uuid:pk>/delegate/         reminders.change_reminder      reminder
GET       api/notification-preferences          reminders.view_notificationpreference
POST      api/notification-preferences          reminders.add_notificationpreference
GET       api/notification-preferences/<uuid:pk>  reminders.view_notificationpreference  notificationpreference
PUT,PATCH api/notification-preferences/<uuid:pk>  reminders.change_notificationpreference  notificationpreference
DELETE    api/notification-preferences/<uuid:pk>  reminders.delete_notificationpreference  notificationpreference
GET,POST  notification-preferences/             reminders.change_notificationpreference
GET       api/notifications                     reminders.view_notification
POST      api/notifications/read-all            reminders.change_notification
GET       api/notifications/<uuid:pk>           reminders.view_notification    notification
POST      api/notifications/<uuid:pk>/read      reminders.change_notification  notification
GET       notifications/                        reminders.view_notification
POST      notifications/bulk/<slug:verb>/       reminders.change_notification  -            read
GET,POST  notifications/<uuid:pk>/read/         reminders.change_notification  notification
GET,POST  notifications/read-all/               reminders.change_notification
GET       notifications/<uuid:pk>/              reminders.view_notification    notification
"""  # noqa: E501

DASHBOARDS = """
GET       api/dashboards                        dashboards.view_dashboard
POST      api/dashboards                        dashboards.add_dashboard
GET       api/dashboards/<uuid:pk>              dashboards.view_dashboard    dashboard
PUT,PATCH api/dashboards/<uuid:pk>              dashboards.change_dashboard  dashboard
DELETE    api/dashboards/<uuid:pk>              dashboards.delete_dashboard  dashboard
GET,PUT,PATCH api/os-preferences/me             everyone
GET,PUT,PATCH api/user-settings/me              everyone
GET       dashboards/                           dashboards.view_dashboard
POST      dashboards/bulk/<slug:verb>/          dashboards.view_dashboard    -            none
GET,POST  dashboards/new/                       dashboards.add_dashboard
GET       dashboards/<uuid:pk>/                 dashboards.view_dashboard    dashboard
GET,POST  dashboards/<uuid:pk>/edit/            dashboards.change_dashboard  dashboard
GET,POST  dashboards/<uuid:pk>/delete/          dashboards.delete_dashboard  dashboard
POST      dashboards/<uuid:pk>/widgets/         dashboards.change_dashboard  dashboard
GET,POST  profile/settings/                     everyone
POST      profile/views/                        everyone
POST      profile/look/                         everyone
"""

SYSTEM = """
GET       api/company                           system.view_company
PUT,PATCH api/company                           system.change_company        company
GET       api/tax-rates                         system.view_taxrate
POST      api/tax-rates                         system.add_taxrate
GET       api/tax-rates/<uuid:pk>               system.view_taxrate          taxrate
PUT,PATCH api/tax-rates/<uuid:pk>               system.change_taxrate        taxrate
DELETE    api/tax-rates/<uuid:pk>               system.delete_taxrate        taxrate
GET       api/activity                          system.view_activityentry
GET       api/activity/<uuid:pk>                system.view_activityentry    activityentry
GET       company/                              system.view_company
GET,POST  company/edit/                         system.change_company
GET       company/logo/                         everyone
GET       tax-rates/                            system.view_taxrate
POST      tax-rates/bulk/<slug:verb>/           system.view_taxrate          -            none
GET,POST  tax-rates/new/                        system.add_taxrate
GET       tax-rates/<uuid:pk>/                  system.view_taxrate          taxrate
GET,POST  tax-rates/<uuid:pk>/edit/             system.change_taxrate        taxrate
GET,POST  tax-rates/<uuid:pk>/delete/           system.delete_taxrate        taxrate
GET       activity/                             system.view_activityentry
POST      activity/bulk/<slug:verb>/            system.view_activityentry    -            none
GET       activity/<uuid:pk>/                   system.view_activityentry    activityentry
GET       api/infra-services                    system.view_infraservice
POST      api/infra-services                    system.add_infraservice
GET       api/infra-services/<uuid:pk>          system.view_infraservice     infraservice
PUT,PATCH api/infra-services/<uuid:pk>          system.change_infraservice   infraservice
DELETE    api/infra-services/<uuid:pk>          system.delete_infraservice   infraservice
POST      api/infra-services/<uuid:pk>/check    system.check_infraservice    infraservice
POST      api/infra-services/<uuid:pk>/activate    system.change_infraservice   infraservice
POST      api/infra-services/<uuid:pk>/deactivate  system.change_infraservice   infraservice
GET       api/infra-services/<uuid:parent_pk>/checks  system.view_infracheck   infraservice
GET       api/infra-checks                      system.view_infracheck
GET       api/infra-checks/<uuid:pk>            system.view_infracheck       infracheck
GET       infra-services/                       system.view_infraservice
POST      infra-services/bulk/<slug:verb>/      system.check_infraservice    -            check
GET,POST  infra-services/new/                   system.add_infraservice
GET       infra-services/<uuid:pk>/             system.view_infraservice     infraservice
GET,POST  infra-services/<uuid:pk>/edit/        system.change_infraservice   infraservice
GET,POST  infra-services/<uuid:pk>/delete/      system.delete_infraservice   infraservice
GET,POST  infra-services/<uuid:pk>/check/       system.check_infraservice    infraservice
GET,POST  infra-services/<uuid:pk>/activate/    system.change_infraservice   infraservice
GET,POST  infra-services/<uuid:pk>/deactivate/  system.change_infraservice   infraservice
GET       infra-checks/                         system.view_infracheck
POST      infra-checks/bulk/<slug:verb>/        system.view_infracheck       -            none
GET       infra-checks/<uuid:pk>/               system.view_infracheck       infracheck
GET       system/                               system.view_infraservice
GET       metrics                               public
"""

DOCUMENTS = """
GET       api/documents                         documents.view_document
POST      api/documents                         documents.add_document
GET       api/documents/<uuid:pk>               documents.view_document      document
PUT,PATCH api/documents/<uuid:pk>               documents.change_document    document
DELETE    api/documents/<uuid:pk>               documents.delete_document    document
GET       api/documents/<uuid:pk>/download      documents.view_document      document
POST      api/documents/<uuid:pk>/restore       documents.delete_document    document
GET       api/employees/<uuid:parent_pk>/documents    documents.view_document  employee
GET       documents/                            documents.view_document
POST      documents/bulk/<slug:verb>/           documents.delete_document    -            restore
GET,POST  documents/new/                        documents.add_document
GET       documents/<uuid:pk>/                  documents.view_document      document
GET,POST  documents/<uuid:pk>/edit/             documents.change_document    document
GET,POST  documents/<uuid:pk>/delete/           documents.delete_document    document
GET,POST  documents/<uuid:pk>/restore/          documents.delete_document    document
GET       documents/<uuid:pk>/download/         documents.view_document      document
"""

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
GET,POST  invoices/new/                         invoices.add_invoice
POST      invoices/totals/                      invoices.add_invoice
GET,POST  invoices/from-project/                invoices.add_invoice
GET       invoices/<uuid:pk>/                   invoices.view_invoice      invoice
GET,POST  invoices/<uuid:pk>/edit/              invoices.change_invoice    invoice
GET,POST  invoices/<uuid:pk>/delete/            invoices.delete_invoice    invoice
POST      invoices/<uuid:pk>/totals/            invoices.change_invoice    invoice
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
POST      payments/bulk/<slug:verb>/            invoices.view_payment      -            none
GET       payments/<uuid:pk>/                   invoices.view_payment      payment
GET,POST  payments/<uuid:pk>/reverse/           invoices.reverse_payment   payment
"""

TABLE = [
    *(SHELL, EMPLOYEES, REMINDERS, DASHBOARDS, SYSTEM, DOCUMENTS, CRM, PROJECTS, TIMETRACKING),
    *(FINANCE, CHAT),
    INVOICES,
]

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
