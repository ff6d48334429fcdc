"""The only place that wires adapters to ports.

Adapters are imported where they are wired, so that a command pays only for what it uses: the
database, scikit-learn and the parser each cost a good part of a second.
"""

from __future__ import annotations

from commcoach.bootstrap.attacking import (
    attack_embedded as attack_embedded,
)
from commcoach.bootstrap.attacking import (
    attack_model as attack_model,
)
from commcoach.bootstrap.attacking import (
    model_is_set as model_is_set,
)
from commcoach.bootstrap.authoring import (
    is_shipped as is_shipped,
)
from commcoach.bootstrap.authoring import (
    start_criterion as start_criterion,
)
from commcoach.bootstrap.content import (
    RUBRICS as RUBRICS,
)
from commcoach.bootstrap.content import (
    SCENARIOS as SCENARIOS,
)
from commcoach.bootstrap.content import (
    content_root as content_root,
)
from commcoach.bootstrap.content import (
    content_root_of as content_root_of,
)
from commcoach.bootstrap.content import (
    copy_content as copy_content,
)
from commcoach.bootstrap.content import (
    find_problems as find_problems,
)
from commcoach.bootstrap.content import (
    load_library as load_library,
)
from commcoach.bootstrap.examining import (
    bench as bench,
)
from commcoach.bootstrap.examining import (
    bench_replies as bench_replies,
)
from commcoach.bootstrap.examining import (
    does_any_job as does_any_job,
)
from commcoach.bootstrap.examining import (
    examine as examine,
)
from commcoach.bootstrap.keeping import (
    library_of as library_of,
)
from commcoach.bootstrap.keeping import (
    now as now,
)
from commcoach.bootstrap.keeping import (
    open_house as open_house,
)
from commcoach.bootstrap.keeping import (
    record_release as record_release,
)
from commcoach.bootstrap.keeping import (
    terms as terms,
)
from commcoach.bootstrap.models import Models as Models
from commcoach.bootstrap.practising import (
    Coaches as Coaches,
)
from commcoach.bootstrap.practising import (
    embedded_scorer as embedded_scorer,
)
from commcoach.bootstrap.practising import (
    mask as mask,
)
from commcoach.bootstrap.practising import (
    open_coaches as open_coaches,
)
from commcoach.bootstrap.practising import (
    outcome_judge as outcome_judge,
)
from commcoach.bootstrap.practising import (
    wire_practice as wire_practice,
)
from commcoach.bootstrap.scoring import (
    ask_second_opinion as ask_second_opinion,
)
from commcoach.bootstrap.scoring import (
    count_rows as count_rows,
)
from commcoach.bootstrap.scoring import (
    holds_scores as holds_scores,
)
from commcoach.bootstrap.scoring import (
    score_batch as score_batch,
)
from commcoach.bootstrap.scoring import (
    score_with_model as score_with_model,
)
from commcoach.bootstrap.serving import (
    lanes as lanes,
)
from commcoach.bootstrap.serving import (
    postman as postman,
)
