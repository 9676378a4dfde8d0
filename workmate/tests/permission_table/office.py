"""The routes of the shell, of people, reminders, dashboards, the system and documents."""

SHELL = """
GET       /                                     everyone
GET       search/                               everyone
GET       palette/                              everyone
GET       widgets/<slug:key>/                   everyone
GET       approvals/                            everyone
POST      approvals/<slug:key>/                 everyone
GET       help/                                 everyone
GET       help/<slug:name>/                     everyone
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
POST      roles/preview/                        employees.change_role
GET,POST  roles/<uuid:pk>/preview/              employees.change_role        role
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
POST      company/check/                        system.change_company
GET,POST  company/numbers/                      workmate.change_numbersequence
POST      company/numbers/check/                workmate.change_numbersequence
GET,POST  first-steps/                          system.change_company
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
GET       api/imports                           system.view_import
POST      api/imports                           system.add_import
GET       api/imports/<uuid:pk>                 system.view_import           import
PUT,PATCH api/imports/<uuid:pk>                 system.change_import         import
DELETE    api/imports/<uuid:pk>                 system.delete_import         import
GET       api/imports/<uuid:pk>/faulty          system.view_import           import
POST      api/imports/<uuid:pk>/check           system.change_import         import
POST      api/imports/<uuid:pk>/run             system.change_import         import
POST      api/imports/<uuid:pk>/stop            system.change_import         import
POST      api/imports/<uuid:pk>/undo            system.change_import         import
GET       imports/                              system.view_import
POST      imports/bulk/<slug:verb>/             system.view_import           -            none
GET,POST  imports/new/                          system.add_import
GET       imports/<uuid:pk>/                    system.view_import           import
GET       imports/<uuid:pk>/faulty/             system.view_import           import
GET,POST  imports/<uuid:pk>/edit/               system.change_import         import
GET,POST  imports/<uuid:pk>/delete/             system.delete_import         import
GET,POST  imports/<uuid:pk>/check/              system.change_import         import
GET,POST  imports/<uuid:pk>/run/                system.change_import         import
GET,POST  imports/<uuid:pk>/stop/               system.change_import         import
GET,POST  imports/<uuid:pk>/undo/               system.change_import         import
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
GET,POST  documents/upload/                     documents.add_document
GET,POST  documents/<uuid:pk>/replace/          documents.change_document    document
GET       documents/<uuid:pk>/                  documents.view_document      document
GET,POST  documents/<uuid:pk>/edit/             documents.change_document    document
GET,POST  documents/<uuid:pk>/delete/           documents.delete_document    document
GET,POST  documents/<uuid:pk>/restore/          documents.delete_document    document
GET       documents/<uuid:pk>/download/         documents.view_document      document
GET       documents/<uuid:pk>/preview/          documents.view_document      document
"""
