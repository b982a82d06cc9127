"""Events are never changed or deleted; the database refuses."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION kernel_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = '23001';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON kernel_event
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
"""
BACKWARD = """
DROP TRIGGER event_append_only ON kernel_event;
DROP FUNCTION kernel_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
