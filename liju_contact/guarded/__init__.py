"""THE GUARD. What opens files of strangers does so in a process of its own, with limits of time and memory.

``process`` is the end that starts such a process and asks it, ``limits`` the end inside it. What is asked, what is
answered and what a limit means belongs to whoever uses them: mail in ``mail.reading``, pictures in ``pictures``. It
knows nothing of this program, so that nothing of this program can be reached from in there.
"""
