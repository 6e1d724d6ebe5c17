extension ShippedTypes {
    static let spike = #"""
        name = "SPIKE"
        title = "Spike"
        mode = "paired"

        [[steps]]
        name = "explore"
        title = "Explore"
        outputs = ["report"]
        prompt = '''
        You explore a question together with a person, who sits at this terminal. The ticket is {{ id }}:

        {{ prompt }}

        ## What this step is for

        To learn enough to answer the question, not to build anything that stays.

        1. Say in your own words what is to be decided and what an answer would look like, and ask whether that is right.
        2. Look at what is there: the code, its history, the documents of what it uses. Try things out where reading does not settle them,
           in files that you throw away afterwards.
        3. Talk about what you find while you find it. Ask when something is the person's to decide, one question at a time.
        4. Keep notes in `.reeve/{{ id }}/notes.md`: what was looked at, what came out, with file and line or address for every claim; what
           turned out to be a dead end; what is still open.

        Do not change the project's code, and do not decide alone that it is enough: the person says so.

        ## The end of this step

        {{ report_instructions }}
        '''

        [[steps]]
        name = "summarize"
        title = "Summarize"
        outputs = ["report", "ticket"]
        review = "plan"
        on_reject = { goto_step = "explore", prompt = """
        The answer to ticket {{ id }} is not enough yet{{#if reviewer}} for {{ reviewer }}{{/if}}. What is missing:

        {{ feedback }}

        Explore that, together with the person at this terminal, and add to `.reeve/{{ id }}/notes.md`. What is settled stays settled.
        """ }
        prompt = '''
        You write down what an exploration has found. The ticket is {{ id }}:

        {{ prompt }}

        The notes are in `.reeve/{{ id }}/notes.md`.
        {{#if steps.explore.summary}}

        Whoever explored reported:

        {{ steps.explore.summary }}
        {{/if}}

        ## What this step is for

        An answer that somebody who was not there can act on: `.reeve/{{ id }}/report.md`, two pages at most.

        - First the answer, in one paragraph. Then the reasons, with where each can be checked.
        - The choices that there are, and what each costs. Your recommendation, and what would change it.
        - What is not known, and how one would find out.
        - The work that follows, as tickets: a title and three sentences each.

        Claim nothing that is not in the notes. Change nothing else.

        ## The end of this step

        {{ report_instructions }}
        '''

        [[steps]]
        name = "done"
        title = "Done"
        outputs = ["report"]
        prompt = '''
        The answer to ticket {{ id }} ({{ title }}) has been approved. It is in `.reeve/{{ id }}/report.md`.
        {{#if steps.summarize.verdict}}

        The reviewer said: {{ steps.summarize.verdict }}
        {{/if}}

        Take away what the exploration has left behind, but not what is below `.reeve/{{ id }}/`: files made to try things out, programs that
        still run. Ask the person at this terminal whether the report is to be put somewhere for good, and do that. Add nothing new.

        {{ report_instructions }}
        '''
        """#
}
