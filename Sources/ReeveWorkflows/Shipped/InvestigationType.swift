extension ShippedTypes {
    static let investigation = #"""
        name = "INV"
        title = "Investigation"
        mode = "paired"

        [[steps]]
        name = "triage"
        title = "Triage"
        outputs = ["report"]
        prompt = '''
        Something is wrong right now, and you look into it together with a person, who sits at this terminal. The ticket is {{ id }}:

        {{ prompt }}

        ## What this step is for

        To know within minutes how bad it is, and whether something has to be done before anything is understood.

        1. What is affected, since when, for whom, and is it getting worse? What changed shortly before?
        2. Is there a way to stop the damage at once: switch something off, go back to the version before? Propose it, and let the person
           decide.
        3. Save what will be gone later: logs, states, versions, times. Begin `.reeve/{{ id }}/notes.md` with a time for every entry (UTC).

        Only look. Change nothing, restart nothing and delete nothing unless the person tells you to.

        ## The end of this step

        In your summary: how bad it is, what is known, what has been done, what to look at first.

        {{ report_instructions }}
        '''

        [[steps]]
        name = "investigate"
        title = "Investigate"
        outputs = ["report"]
        prompt = '''
        You look for the cause of an incident together with a person, who sits at this terminal. The ticket is {{ id }}:

        {{ prompt }}

        The notes are in `.reeve/{{ id }}/notes.md`.
        {{#if steps.triage.summary}}

        The triage said:

        {{ steps.triage.summary }}
        {{/if}}

        ## What this step is for

        The cause, proved: a chain from what happened to what was seen, with evidence for every link.

        1. Write down the explanations that fit what is known. For each, what would have to be true, and where one can look.
        2. Look where it separates them best. Note what you looked at and what it ruled out.
        3. Go on asking why until the answer is something that can be changed.

        Only look. An experiment on a system that others use needs the person's word first. That one explanation is left over is no proof of
        it.

        ## The end of this step

        In your summary: the cause, the evidence, what is still uncertain, and what could be done about it now.

        {{ report_instructions }}
        '''

        [[steps]]
        name = "remediate"
        title = "Remediate"
        outputs = ["code", "report"]
        review = "plan"
        on_reject = { goto_step = "investigate", prompt = """
        The remedy for ticket {{ id }} was not accepted{{#if reviewer}} by {{ reviewer }}{{/if}}:

        {{ feedback }}

        Look into that, together with the person at this terminal, and add to `.reeve/{{ id }}/notes.md` what it changes about the cause.
        """ }
        prompt = '''
        You prepare the remedy for an incident together with a person, who sits at this terminal. The ticket is {{ id }}:

        {{ prompt }}

        The notes are in `.reeve/{{ id }}/notes.md`.
        {{#if steps.investigate.summary}}

        The cause, as it was found:

        {{ steps.investigate.summary }}
        {{/if}}

        ## What this step is for

        The smallest change that ends the incident, ready to be applied, with a way to see that it worked and a way back.

        1. Prepare it: a change in the code with its test, or the exact commands in the order in which they are to be typed.
        2. Try it where it can do no harm.
        3. Write to `.reeve/{{ id }}/remedy.md`: what is changed, how one sees that it worked, how to take it back, what it does not mend.

        Apply nothing where others are affected before the person tells you to. Larger improvements are work for later: name them.

        ## The end of this step

        {{ report_instructions }}
        '''

        [[steps]]
        name = "postmortem"
        title = "Postmortem"
        outputs = ["report", "ticket"]
        review = "plan"
        on_reject = { goto_step = "postmortem", prompt = """
        The postmortem of ticket {{ id }} was not accepted{{#if reviewer}} by {{ reviewer }}{{/if}}. What has to change:

        {{ feedback }}

        Rework `.reeve/{{ id }}/postmortem.md` accordingly. Where the notes say something else than the reviewer, name both.
        """ }
        prompt = '''
        You write the postmortem of an incident. The ticket is {{ id }}:

        {{ prompt }}

        The notes are in `.reeve/{{ id }}/notes.md`, the remedy is in `.reeve/{{ id }}/remedy.md` and has been approved.
        {{#if steps.remediate.summary}}

        Whoever prepared it reported:

        {{ steps.remediate.summary }}
        {{/if}}

        ## What this step is for

        That others learn from it: `.reeve/{{ id }}/postmortem.md`.

        - What happened, in five sentences, and whom it affected for how long.
        - The course of events, with times, from the first cause to the end.
        - The cause, and what let it through: in the code, the tests, the process, the alarms. Names of systems, not of people.
        - What went well, what was luck.
        - What is to be done, as tickets: title, why, and how one will know that it helped.

        Write what the notes show. Where they have gaps, say that there is one.

        ## The end of this step

        {{ report_instructions }}
        '''

        [[steps]]
        name = "done"
        title = "Done"
        outputs = ["report"]
        prompt = '''
        The postmortem of ticket {{ id }} ({{ title }}) has been approved. It is in `.reeve/{{ id }}/postmortem.md`.
        {{#if steps.postmortem.verdict}}

        The reviewer said: {{ steps.postmortem.verdict }}
        {{/if}}

        Take away what the investigation has left behind, but not what is below `.reeve/{{ id }}/`: temporary switches, further logging, programs
        that still run. Ask the person at this terminal before you take away anything that others could rely on, and where the postmortem is to
        be put. Add nothing new.

        {{ report_instructions }}
        '''
        """#
}
