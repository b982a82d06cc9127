"""The books' own rules, kept by the database whoever writes: append-only, balanced, never overdrawn."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();

CREATE FUNCTION ledger_posting_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad_entry bigint;
    bad_line bigint;
BEGIN
    SELECT entry_id INTO bad_entry FROM new_rows GROUP BY entry_id HAVING sum(amount) <> 0 LIMIT 1;
    IF bad_entry IS NOT NULL THEN
        RAISE EXCEPTION 'entry % does not balance', bad_entry USING ERRCODE = '23514';
    END IF;
    PERFORM 1 FROM ledger_budgetline
        WHERE id IN (SELECT line_id FROM new_rows) ORDER BY id FOR UPDATE;
    SELECT p.line_id INTO bad_line FROM ledger_posting p
        WHERE p.line_id IN (SELECT line_id FROM new_rows) AND p.account <> 'appropriated'
        GROUP BY p.line_id, p.account HAVING sum(p.amount) < 0 LIMIT 1;
    IF bad_line IS NOT NULL THEN
        RAISE EXCEPTION 'budget line % would be overdrawn', bad_line USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER posting_rules AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger_posting_rules();
"""
BACKWARD = """
DROP TRIGGER posting_rules ON ledger_posting;
DROP FUNCTION ledger_posting_rules();
DROP TRIGGER posting_append_only ON ledger_posting;
DROP TRIGGER entry_append_only ON ledger_entry;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("kernel", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
