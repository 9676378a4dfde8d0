"""What the search compares texts by: `fold` and `bare` of `workmate/text.py`, in SQL."""

from django.db import migrations

FOLD = """
CREATE FUNCTION workmate_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT replace(replace(replace(replace(translate(
    lower(value),
    'ÄÖÜÀÁÂÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕØÙÚÛÝàáâãäåāăąæçćčďđèéêëēėęěğìíîïīįıłñńňòóôõöøōőœřśšşșťțùúûüūůűųýÿžźż',
    'aouaaaaaaceeeeiiiinooooouuuyaaaaaaaaaacccddeeeeeeeegiiiiiiilnnnooooooooorssssttuuuuuuuuyyzzz'
), 'ß', 'ss'), 'ae', 'a'), 'oe', 'o'), 'ue', 'u')
$$
"""
# Both the number as written and, after a blank, the one without leading zeros.
BARE = """
CREATE FUNCTION workmate_bare(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT regexp_replace(workmate_fold(value), '[^a-z0-9]', '', 'g') || ' ' || regexp_replace(
    regexp_replace(replace(workmate_fold(value), '(0)', ''), '(?<![0-9])0+(?=[0-9])', '', 'g'),
    '[^a-z0-9]', '', 'g'
)
$$
"""


class Migration(migrations.Migration):
    dependencies = [("workmate", "0001_initial")]

    operations = [
        migrations.RunSQL(FOLD, "DROP FUNCTION workmate_fold(text)"),
        migrations.RunSQL(BARE, "DROP FUNCTION workmate_bare(text)"),
    ]
