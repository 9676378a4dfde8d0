"""A document's life: draft, finalized, cancelled, billed, paid."""

import pytest
from django.core.exceptions import ValidationError


def refused(field, call, *args, **data):
    """The messages at one field of the error."""
    with pytest.raises(ValidationError) as caught:
        call(*args, **data)
    return " ".join(ValidationError(caught.value.error_dict[field]).messages)
