extension ShippedTypes {
    static let fix = #"""
        name = "FIX"
        title = "Fix"

        [[steps]]
        name = "plan"
        title = "Plan"
        outputs = ["plan"]
        review = "plan"
        on_reject = { goto_step = "plan", prompt = """
        The plan for ticket {{ id }} was not approved{{#if reviewer}} by {{ reviewer }}{{/if}}. What has to change:

        {{ feedback }}

        Look again with that in mind, rework `.reeve/{{ id }}/plan.md`, and say in your summary what you have changed. Still mend nothing.
        """ }
        prompt = '''
        You look into a fault; other steps reproduce and mend it. The ticket is {{ id }}:

        {{ prompt }}

        ## What this step is for

        To have a suspicion that can be proved or refuted, and a plan that a person can approve or reject.

        1. Read the code on the way of the fault, and its history: when did it last change there, and why?
        2. Write to `.reeve/{{ id }}/plan.md`: what is seen and what should be; where you think the cause is, and what speaks for and against
           it; how to reproduce it in a test; how you would mend it, and what else that touches; what could break.

        Do not change any other file, mend nothing yet, do not commit the plan.

        ## The end of this step

        {{ report_instructions }}
        '''

        [[steps]]
        name = "reproduce"
        title = "Reproduce"
        outputs = ["report"]
        prompt = '''
        You reproduce a fault. The ticket is {{ id }}:

        {{ prompt }}

        The plan is in `.reeve/{{ id }}/plan.md` and has been approved.
        {{#if steps.plan.summary}}

        Whoever wrote it reported:

        {{ steps.plan.summary }}
        {{/if}}

        ## What this step is for

        To see the fault with your own eyes, by steps that anybody can repeat, and to know its cause.

        1. Find the shortest way to the fault, and write it down in `.reeve/{{ id }}/plan.md`: commands, input, what comes out, what should.
        2. Follow it to the line that is wrong. That a change makes it go away is no proof; say why that line does it.
        3. If it cannot be reproduced, say what you tried, and with which versions. That is a result; do not invent another fault.

        Mend nothing, and leave no changes in the code.

        ## The end of this step

        {{ report_instructions }}
        '''

        [[steps]]
        name = "test"
        title = "Test"
        outputs = ["test"]
        prompt = '''
        You write the test that would have caught a fault. The ticket is {{ id }}:

        {{ prompt }}
        {{#if steps.reproduce.summary}}

        The fault has been reproduced. Whoever did it reported:

        {{ steps.reproduce.summary }}
        {{/if}}

        ## What this step is for

        A test that fails now because of the fault, and for no other reason.

        1. Put it where the project has its tests for that part, in their manner; as close to the cause as it can be.
        2. Run it and read how it fails: the message has to be about the fault.
        3. Look for the same mistake in the neighbourhood, and write a test for each place that has it.

        Do not mend the fault: the next step does, and this test is how it will know.

        ## The end of this step

        In your summary: the names of the tests, the command that runs them, and how they fail.

        {{ report_instructions }}
        '''

        [[steps]]
        name = "fix"
        title = "Fix"
        outputs = ["code"]
        prompt = '''
        You mend a fault. The ticket is {{ id }}:

        {{ prompt }}

        The plan is in `.reeve/{{ id }}/plan.md`.
        {{#if steps.reproduce.summary}}

        The cause, as it was found:

        {{ steps.reproduce.summary }}
        {{/if}}
        {{#if steps.test.summary}}

        The tests that fail because of it:

        {{ steps.test.summary }}
        {{/if}}

        ## What this step is for

        To mend the cause, not what it looks like, with the smallest change that does it.

        1. Change the code until the failing tests pass, without touching these tests.
        2. Run the whole suite, the linter and the formatter.
        3. Follow the steps that reproduced the fault once more, by hand.

        Do not catch and hide the error, do not tidy up around it, do not change behaviour that the ticket does not speak of.
        {{#if definition_of_done}}

        ## When it is done

        {{ definition_of_done }}
        {{/if}}

        ## The end of this step

        {{ report_instructions }}
        '''

        [[steps]]
        name = "deploy"
        title = "Hand over"
        outputs = ["report"]
        review = "plan"
        on_reject = { goto_step = "fix", prompt = """
        The fix for ticket {{ id }} was not accepted{{#if reviewer}} by {{ reviewer }}{{/if}}. What has to change:

        {{ feedback }}

        Change the fix and its tests accordingly, or say in your summary why a point does not hold.
        """ }
        prompt = '''
        You hand over a fix that is finished and tested. The ticket is {{ id }}:

        {{ prompt }}
        {{#if steps.fix.summary}}

        Whoever mended it reported:

        {{ steps.fix.summary }}
        {{/if}}

        ## What this step is for

        To leave a branch{{#if branch}} ({{ branch }}){{/if}} that can go out, and a text by which a person decides whether it does.

        1. Look through the whole difference to the default branch, and take out what does not belong to the fix, everything below `.reeve/`
           included.
        2. Commit, with a message that names the fault, its cause and the ticket. Nothing but `.reeve/` is left uncommitted.
        3. Run the tests once more on exactly what is committed.

        Do not push, merge or publish anything: what happens with the branch is the reviewer's decision. In your summary: what was wrong,
        why, what mends it, which tests guard it, who may be affected by the change, and how to take it back.

        ## The end of this step

        {{ report_instructions }}
        '''
        """#
}
