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
from commcoach.bootstrap.calibrating import (
    Examined as Examined,
)
from commcoach.bootstrap.calibrating import (
    GiveUp as GiveUp,
)
from commcoach.bootstrap.calibrating import (
    ToCalibrate as ToCalibrate,
)
from commcoach.bootstrap.calibrating import (
    UnknownCriteria as UnknownCriteria,
)
from commcoach.bootstrap.calibrating import (
    Watch as Watch,
)
from commcoach.bootstrap.calibrating import (
    calibrate_in_force as calibrate_in_force,
)
from commcoach.bootstrap.calibrating import (
    to_calibrate as to_calibrate,
)
from commcoach.bootstrap.case_exchange import (
    keep_grades as keep_grades,
)
from commcoach.bootstrap.case_exchange import (
    read_grades as read_grades,
)
from commcoach.bootstrap.case_exchange import (
    sole_import as sole_import,
)
from commcoach.bootstrap.case_exchange import (
    write_cases as write_cases,
)
from commcoach.bootstrap.case_exchange import (
    write_grading_sheet as write_grading_sheet,
)
from commcoach.bootstrap.casework import (
    draw_for_graders as draw_for_graders,
)
from commcoach.bootstrap.casework import (
    drawing_places as drawing_places,
)
from commcoach.bootstrap.casework import (
    read_returned as read_returned,
)
from commcoach.bootstrap.casework import (
    take_returned as take_returned,
)
from commcoach.bootstrap.casework import (
    write_drawing as write_drawing,
)
from commcoach.bootstrap.comparing import (
    Plan as Plan,
)
from commcoach.bootstrap.comparing import (
    cases_ahead as cases_ahead,
)
from commcoach.bootstrap.comparing import (
    dry_run as dry_run,
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
from commcoach.bootstrap.embedding import (
    examine_embeddings as examine_embeddings,
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
from commcoach.bootstrap.in_force import InForce as InForce
from commcoach.bootstrap.in_force import (
    content_in_force as content_in_force,
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
    calibrated_practice as calibrated_practice,
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
from commcoach.bootstrap.publishing import (
    ContentChanged as ContentChanged,
)
from commcoach.bootstrap.publishing import (
    Wish as Wish,
)
from commcoach.bootstrap.publishing import (
    publish_content as publish_content,
)
from commcoach.bootstrap.publishing import (
    roll_back as roll_back,
)
from commcoach.bootstrap.rubric_testing import (
    MODEL_TWINS as MODEL_TWINS,
)
from commcoach.bootstrap.rubric_testing import (
    try_embedded as try_embedded,
)
from commcoach.bootstrap.rubric_testing import (
    try_model as try_model,
)
from commcoach.bootstrap.rubric_testing import (
    with_model as with_model,
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
    may_be_sent as may_be_sent,
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
from commcoach.bootstrap.standing import (
    scorer_named as scorer_named,
)
from commcoach.bootstrap.standing import (
    standing_of_content as standing_of_content,
)
from commcoach.bootstrap.standing import (
    standing_of_version as standing_of_version,
)
from commcoach.bootstrap.trying import (
    CURRENT as CURRENT,
)
from commcoach.bootstrap.trying import (
    Version as Version,
)
from commcoach.bootstrap.trying import (
    content_stamp as content_stamp,
)
from commcoach.bootstrap.trying import (
    known_releases as known_releases,
)
from commcoach.bootstrap.trying import (
    open_version as open_version,
)
from commcoach.bootstrap.trying import (
    read_replies as read_replies,
)
from commcoach.bootstrap.trying import (
    try_version as try_version,
)
