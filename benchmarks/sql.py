"""The floor's statements: the product's rows and fields in as few queries as there can be."""

PERSON = """
SELECT e.id, e.status, r.permissions_json, t.scopes
FROM api_tokens t JOIN employees e ON e.id = t.employee_id JOIN roles r ON r.id = e.role_id
WHERE t.token_hash = %(hash)s AND t.revoked_at IS NULL AND e.is_active
  AND NOT (t.expires_at IS NOT NULL AND t.expires_at <= now())
"""

COUNTS = {
    name: f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 10001) capped"  # noqa: S608
    for name, table in {
        "customers": "customers",
        "invoices": "invoices",
        "time-entries": "time_entries",
    }.items()
}

CUSTOMERS = """
SELECT id, customer_number, name, type, email, phone, website, tax_id, vat_id, street, zip_code,
  city, country, concat_ws(', ', nullif(street, ''), nullif(trim(zip_code || ' ' || city), ''),
  nullif(country, '')) AS full_address, notes, status, pipeline_stage, payment_days,
  invoice_email, language, buyer_reference, leitweg_id, created_at, updated_at
FROM customers ORDER BY name, id LIMIT 20
"""

OPEN = "document_type IN ('invoice', 'deposit', 'credit_note')"
SUMMARY = f"""
id, customer_id, project_id, invoice_number, document_type, status, title, total, subtotal,
  tax_amount, paid_amount,
  CASE WHEN {OPEN} AND status NOT IN ('draft', 'cancelled') THEN total - paid_amount
    ELSE 0.00 END AS outstanding_amount,
  CASE WHEN status = 'cancelled' THEN paid_amount ELSE 0.00 END AS overpaid_amount,
  {OPEN} AND status <> 'draft' AND paid_amount >= total AS is_fully_paid,
  CASE WHEN {OPEN} AND status IN ('finalized', 'sent', 'partial', 'overdue')
      AND document_type <> 'credit_note' AND due_date IS NOT NULL AND total > paid_amount
    THEN greatest(0, (now() AT TIME ZONE 'Europe/Berlin')::date - due_date) ELSE 0
    END AS days_overdue,
  currency, issued_date, due_date, valid_until, service_date, service_start, service_end,
  refers_to_id,
  CASE WHEN status = 'draft' THEN '' ELSE '/api/invoices/' || id || '/pdf' END AS pdf_path,
  notes, terms, sent_at, created_at, updated_at
"""
INVOICES = f"SELECT {SUMMARY} FROM invoices ORDER BY created_at DESC, id DESC LIMIT 20"  # noqa: S608
INVOICE = f"""
SELECT {SUMMARY}, introduction, buyer_reference, language, exemption_reason, tax_breakdown,
  seller, buyer, finalized_at, sent_to
FROM invoices WHERE id = %(id)s
"""  # noqa: S608
LINES = """
SELECT id, position, description, quantity, unit, unit_price, discount_percent, tax_category,
  tax_rate, round(quantity * unit_price, 2) AS subtotal,
  round(total * tax_rate / 100, 2) AS tax_amount, total
FROM invoice_line_items WHERE invoice_id = %(id)s ORDER BY position, created_at, id
"""

TIME_FIELDS = """
id, employee_id, project_id, start_time, end_time, duration_minutes,
  round(duration_minutes / 60.0, 2) AS duration_hours, billable, hourly_rate, note, task_type,
  status, is_approved, is_invoiced, approved_by_id, approved_at, rejection_reason
"""
TIME_ENTRIES = f"""
SELECT {TIME_FIELDS},
  EXISTS (SELECT 1 FROM time_entries o WHERE o.employee_id = t.employee_id AND o.id <> t.id
    AND o.start_time < coalesce(t.end_time, 'infinity') AND o.end_time > t.start_time
    AND o.start_time > t.start_time - interval '24 hours')
  OR EXISTS (SELECT 1 FROM time_entries o WHERE o.employee_id = t.employee_id AND o.id <> t.id
    AND o.start_time < coalesce(t.end_time, 'infinity') AND o.end_time IS NULL) AS overlaps,
  created_at, updated_at
FROM time_entries t ORDER BY start_time DESC, id DESC LIMIT 20
"""  # noqa: S608
ADD_TIME = f"""
INSERT INTO time_entries (id, created_at, updated_at, employee_id, project_id, start_time,
  end_time, duration_minutes, billable, note, task_type, status, is_invoiced, rejection_reason)
VALUES (%(id)s, now(), now(), %(employee)s, %(project)s, %(start)s, %(end)s, %(minutes)s, true,
  %(note)s, '', 'draft', false, '')
RETURNING {TIME_FIELDS}, false AS overlaps, created_at, updated_at
"""  # noqa: S608

LISTS = {"customers": CUSTOMERS, "invoices": INVOICES, "time-entries": TIME_ENTRIES}

CLAIM = f"{OPEN} AND status NOT IN ('draft', 'cancelled')"
STILL_OPEN = f"{OPEN} AND status IN ('finalized', 'sent', 'partial', 'overdue')"
LATE = (
    f"{STILL_OPEN} AND due_date < (now() AT TIME ZONE 'Europe/Berlin')::date"
    " AND document_type <> 'credit_note'"
)
SIGN = "CASE WHEN document_type = 'credit_note' THEN -1 ELSE 1 END"


def _sum(amount: str, condition: str) -> str:
    return f"coalesce(sum(({amount}) * {SIGN}) FILTER (WHERE {condition}), 0.00)"


INVOICE_FIGURES = f"""
SELECT {_sum("total", CLAIM)} AS issued, {_sum("subtotal", CLAIM)} AS issued_net,
  {_sum("paid_amount", CLAIM)} AS paid, {_sum("total - paid_amount", STILL_OPEN)} AS outstanding,
  {_sum("total - paid_amount", LATE)} AS overdue,
  {_sum("paid_amount", f"{OPEN} AND status = 'cancelled'")} AS overpaid,
  coalesce(sum(total) FILTER (WHERE status = 'draft'), 0.00) AS drafts, count(*) AS count,
  count(*) FILTER (WHERE {LATE}) AS overdue_count
FROM invoices
"""  # noqa: S608
BY_YEAR = f"""
SELECT extract(year FROM issued_date)::int AS year, count(*) AS count,
  sum(subtotal * {SIGN}) AS subtotal, sum(total * {SIGN}) AS total
FROM invoices WHERE {CLAIM} AND (%(id)s::uuid IS NULL OR customer_id = %(id)s::uuid)
GROUP BY 1 ORDER BY 1
"""  # noqa: S608
PAID = f"{CLAIM} AND status = 'paid'"
CUSTOMER_FIGURES = f"""
WITH mine AS (SELECT * FROM invoices WHERE customer_id = %(id)s),
money AS (SELECT {_sum("total", PAID)} AS total_revenue, {_sum("subtotal", PAID)} AS net_revenue,
  {_sum("total - paid_amount", STILL_OPEN)} AS outstanding_amount,
  {_sum("total - paid_amount", LATE)} AS overdue_amount FROM mine),
took AS (SELECT max(p.payment_date) - mine.issued_date AS days FROM mine JOIN payments p
  ON p.invoice_id = mine.id AND p.amount > 0
  WHERE mine.status = 'paid' AND mine.document_type <> 'credit_note'
  GROUP BY mine.id, mine.issued_date),
works AS (SELECT id, status FROM projects WHERE customer_id = %(id)s),
hours AS (SELECT sum(duration_minutes) AS minutes,
  sum(duration_minutes) FILTER (WHERE billable) AS billable
  FROM time_entries WHERE project_id IN (SELECT id FROM works))
SELECT money.*, (SELECT round(avg(days), 1) FROM took) AS average_days_to_pay,
  round(coalesce(hours.minutes, 0) / 60.0, 2) AS total_hours_tracked,
  round(coalesce(hours.billable, 0) / 60.0, 2) AS billable_hours,
  (SELECT count(*) FROM works) AS projects_count,
  (SELECT count(*) FROM works WHERE status = 'active') AS active_projects_count
FROM money, hours
"""  # noqa: S608
PROJECT_FIGURES = f"""
WITH hours AS (SELECT coalesce(sum(t.duration_minutes), 0) AS minutes,
    coalesce(sum(t.duration_minutes) FILTER (WHERE t.billable), 0) AS billable,
    coalesce(sum(t.duration_minutes * coalesce(t.hourly_rate, p.hourly_rate, 0))
      FILTER (WHERE t.billable), 0) AS worth,
    coalesce(sum(t.duration_minutes * e.cost_rate), 0) AS cost
  FROM time_entries t JOIN employees e ON e.id = t.employee_id
  JOIN projects p ON p.id = t.project_id WHERE t.project_id = %(id)s),
money AS (SELECT {_sum("total", PAID)} AS total_revenue, {_sum("subtotal", PAID)} AS net_revenue
  FROM invoices WHERE project_id = %(id)s)
SELECT p.status, p.deadline, p.start_date, p.end_date, p.budget, money.*,
  round(hours.minutes / 60.0, 2) AS total_hours_tracked,
  round(hours.billable / 60.0, 2) AS billable_hours,
  round(hours.worth / 60, 2) AS budget_used, round(hours.cost / 60, 2) AS labour_cost,
  money.net_revenue - round(hours.cost / 60, 2) AS profit_margin
FROM projects p, hours, money WHERE p.id = %(id)s
"""  # noqa: S608
