"""nbgrader's configuration: sources with answers in solutions/, what learners get in exercises/.

A learner needs no nbgrader. `channels-lab exercises` and `nbgrader generate_assignment` both read this file.
"""

from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearSolutions

from channels_lab.authoring.stubs import ClearAnswers

c = get_config()  # noqa: F821 - given by traitlets, which runs this file

c.CourseDirectory.course_id = "channels-lab"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"

# nbgrader's own steps, with ours in place of the one that clears answers.
c.GenerateAssignment.preprocessors = [
    ClearAnswers if step is ClearSolutions else step for step in GenerateAssignment().preprocessors
]
# A check may have to start servers.
c.Execute.timeout = 120
