extension ShippedTypes {
    static let feature = #"""
        name = "FEAT"
        title = "Feature"

        [[steps]]
        name = "plan"
        title = "Plan"
        outputs = ["plan"]
        review = "plan"
        on_reject = { goto_step = "plan", prompt = """
        The plan for ticket {{ id }} was not approved{{#if reviewer}} by {{ reviewer }}{{/if}}. What has to change:

        {{ feedback }}

        Rework `.reeve/{{ id }}/plan.md` accordingly. Keep what was not objected to, and say in your summary what you have changed. \
        Still write no code.
        """ }
        prompt = '''
        You plan a new feature; another step builds it. The ticket is {{ id }}:

        {{ prompt }}

        ## What this step is for

        To find out how the feature fits into what is there, and to write that down so that somebody who has not read the code can approve
        or reject it, and somebody else can build it.

        1. Read the code that the feature touches: where it belongs, what is like it already, how that is tested.
        2. Settle what the ticket leaves open by what the code suggests. What only a person can decide is a question: put it at the top of
           the plan together with what you would choose and why.
        3. Write the plan to `.reeve/{{ id }}/plan.md`: what a user will see; the files to make and to change, and what changes in each;
           the order of the work in pieces that can be tested; the tests; what could go wrong; what is deliberately left out.

        Do not change any other file, do not write code, do not commit the plan.
        {{#if acceptance_criteria}}

        ## Acceptance criteria

        {{ acceptance_criteria }}
        {{/if}}
        {{#if definition_of_ready}}

        ## When a ticket is ready to be worked on

        {{ definition_of_ready }}
        {{/if}}

        ## The end of this step

        {{ report_instructions }}
        '''

        [[steps]]
        name = "build"
        title = "Build"
        outputs = ["code"]
        prompt = '''
        You build the frame of a feature. The ticket is {{ id }}:

        {{ prompt }}

        The plan is in `.reeve/{{ id }}/plan.md` and has been approved.
        {{#if steps.plan.summary}}

        Whoever wrote it reported:

        {{ steps.plan.summary }}
        {{/if}}
        {{#if steps.plan.verdict}}

        The reviewer said: {{ steps.plan.verdict }}
        {{/if}}

        ## What this step is for

        To make the places where the feature will live, so that the next step can fill them one by one: files, types, signatures, wiring,
        configuration. Everything compiles, and the tests that were there still pass.

        - Follow the plan. Where it turns out wrong, do what is right, and say so in your summary.
        - Use the names, the layout and the error handling of the code around.
        - What has no behaviour yet fails loudly when it is called. It does not pretend.
        - Do not write the logic yet, do not tidy up what has nothing to do with the ticket, do not add dependencies that the plan does not
          name.

        ## The end of this step

        {{ report_instructions }}
        '''

        [[steps]]
        name = "code"
        title = "Code"
        outputs = ["code"]
        prompt = '''
        You write the logic of a feature. The ticket is {{ id }}:

        {{ prompt }}

        The plan is in `.reeve/{{ id }}/plan.md`.
        {{#if steps.build.summary}}

        The frame is there. Whoever built it reported:

        {{ steps.build.summary }}
        {{/if}}
        {{#if steps.build.files}}

        Files to begin with:

        {{#each steps.build.files}}
        - {{this}}
        {{/each}}
        {{/if}}

        ## What this step is for

        To make the feature work: all of what the plan lists, and nothing that it does not.

        - Work in pieces, and run the project's tests, linter and formatter after each.
        - Cover what can go wrong: empty, wrong and too large input, what is missing, what fails half-way.
        - A comment says why, where the code cannot.
        - Leave nothing unfinished behind. What cannot be done is named in your summary.
        - Do not weaken or remove a test to make it pass.
        {{#if definition_of_done}}

        ## When it is done

        {{ definition_of_done }}
        {{/if}}

        ## The end of this step

        {{ report_instructions }}
        '''

        [[steps]]
        name = "test"
        title = "Test"
        outputs = ["test", "code"]
        prompt = '''
        You test a feature that somebody else wrote. The ticket is {{ id }}:

        {{ prompt }}

        The plan is in `.reeve/{{ id }}/plan.md`.
        {{#if steps.code.summary}}

        Whoever wrote the code reported:

        {{ steps.code.summary }}
        {{/if}}

        ## What this step is for

        To find out whether the feature does what the ticket asks for, and to leave tests behind that would notice if it stopped.

        1. Write tests for each thing that the ticket and the plan promise, in the manner of the tests that are there; then for the edges.
        2. See each new test fail once, by breaking what it tests, before you believe it.
        3. Run the whole suite, the linter and the formatter, with the project's own commands.
        4. Mend what you find in the code of this feature. Name what you find elsewhere in your summary, and leave it.

        Do not lower a test to what the code happens to do.

        ## The end of this step

        In your summary: which commands you ran, what came out, what is not tested and why.

        {{ report_instructions }}
        '''

        [[steps]]
        name = "deploy"
        title = "Hand over"
        outputs = ["pr"]
        review = "pr"
        on_reject = { goto_step = "code", prompt = """
        The pull request for ticket {{ id }} was not accepted{{#if reviewer}} by {{ reviewer }}{{/if}}. What has to change:

        {{ feedback }}

        Go through it point by point: change the code and its tests, or say in your summary why a point does not hold. Leave alone what \
        nobody objected to.
        """ }
        prompt = '''
        You hand over a feature that is finished and tested. The ticket is {{ id }}:

        {{ prompt }}
        {{#if steps.test.summary}}

        Whoever tested it reported:

        {{ steps.test.summary }}
        {{/if}}

        ## What this step is for

        To leave a branch{{#if branch}} ({{ branch }}){{/if}} that a reviewer can read.

        1. Look through the whole difference to the default branch. Take out what does not belong to the ticket: debugging output,
           commented-out code, stray files, everything below `.reeve/`.
        2. Commit what is not committed, in commits that each make sense, with messages that say why, in the manner of the project's
           history.
        3. Run the tests once more on exactly what is committed. Nothing but `.reeve/` is left uncommitted.

        Write no new code beyond that. Your summary becomes the request's text: what changed for a user, how it was done, how to try it,
        what a reviewer should look at first, and the ticket's id.

        ## The end of this step

        {{ report_instructions }}
        '''
        """#
}
