"""Finds customers and contacts that are here already; stages of the pipeline."""

import crm.querysets
import django.db.models.functions.text
from django.db import migrations, models

# Immutable, and of nothing but what PostgreSQL brings: an index rests on it. Umlauts in both
# cases, as `lower` knows them only where the database's locale does. A name that consists of
# nothing else than a legal form, or is in another script, is compared as it stands.
FORWARDS = r"""
CREATE FUNCTION crm_name_key(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(
        nullif(replace(regexp_replace(words,
            '\m(e k|e v|e g|gmbh|ggmbh|mbh|ug|haftungsbeschraenkt|ag|kg|kgaa|ohg|gbr|eg|ev|ek|se'
            '|partg|ltd|limited|inc|llc|plc|corp|sarl|bv|co|cokg|und|and)\M', '', 'g'), ' ', ''), ''),
        nullif(replace(words, ' ', ''), ''),
        lower(btrim(name)))
    FROM (SELECT btrim(regexp_replace(translate(lower(
        replace(replace(replace(replace(replace(replace(replace(name,
            'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'Ä', 'ae'), 'Ö', 'oe'), 'Ü', 'ue'), 'ß', 'ss')),
        'áàâãåéèêëíìîïóòôõøúùûýçñğışćčśšźžżłńÁÀÂÃÅÉÈÊËÍÎÓÔØÚÇÑŞČŚŠŽŁ',
        'aaaaaeeeeiiiiooooouuuycngisccsszzzlnaaaaaeeeeiioooucnscsszl'),
        '[^a-z0-9]+', ' ', 'g'))) AS found(words)
$$;
"""
BACKWARDS = "DROP FUNCTION crm_name_key(text);"
LEADS = "UPDATE customers SET pipeline_stage = 'lead' WHERE status = 'lead'"


class Migration(migrations.Migration):
    """Adds the function, the stage and the indexes."""

    dependencies = [("crm", "0001_initial")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
        migrations.AddField(
            model_name='customer',
            name='pipeline_stage',
            field=models.CharField(blank=True, choices=[('lead', 'lead'), ('contacted', 'contacted'), ('offer', 'offer made'), ('won', 'won'), ('lost', 'lost')], help_text='How far the sale is. A lead without one stands at the beginning.', max_length=20, verbose_name='pipeline stage'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(django.db.models.functions.text.Upper('email'), name='contacts_by_email'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['pipeline_stage', 'name', 'id'], name='customers_by_stage'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(crm.querysets.NameKey('name'), name='customers_by_name_key'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(django.db.models.functions.text.Upper('email'), name='customers_by_email'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['vat_id'], name='customers_by_vat_id'),
        ),
        migrations.RunSQL(LEADS, migrations.RunSQL.noop),
    ]
